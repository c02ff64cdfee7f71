"""What projects do by themselves: automations, and what sets them off."""
