"""The key that signs, and the signed notes of C2SP it signs."""
