"""Is what the generated clients send what the document says? An independent judge decides.

``python -m tests.generator.conformance`` tries every operation of the documents it is given.
"""
