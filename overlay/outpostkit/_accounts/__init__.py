"""What users and teams do: plans without side effects."""
