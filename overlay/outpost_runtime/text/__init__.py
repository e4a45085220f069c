"""What templates of language models share. Most of it needs torch and transformers."""
