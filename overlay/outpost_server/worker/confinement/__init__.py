"""Shutting a process in before code of others runs in it: what it sees, and whose name it has.

Everything here is the standard library and the kernel: it runs in a fork of a zygote.
"""
