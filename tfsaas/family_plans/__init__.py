"""The family's plan: objectives, actions, and the reviews that go through them."""
