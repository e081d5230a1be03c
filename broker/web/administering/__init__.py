"""Sites, people, policies, and the demo's outbox."""
