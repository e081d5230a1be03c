"""Passkeys: register one, sign in with it, confirm one named act with it."""
