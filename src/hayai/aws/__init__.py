"""What does AWS know that no answer tells? Lifecycles, profiles, quotas, permissions, Regions: asked outside of the timed path."""
