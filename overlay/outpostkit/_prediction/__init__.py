"""What predictors do: inputs, streams, batches and their files, waking up."""
