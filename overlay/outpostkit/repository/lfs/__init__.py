"""Large files of repositories, which Git LFS keeps outside of git."""
