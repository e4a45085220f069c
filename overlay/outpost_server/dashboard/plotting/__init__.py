"""The numbers of the plots, which are the dashboard's own, and the plots as pictures."""
