"""Error bars of joint angles, without a reference: from what markers are off by."""
