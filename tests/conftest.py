"""What all tests share: chance is seeded, and no test is judged by the clock."""

import hypothesis

hypothesis.settings.register_profile("atlante", deadline=None, derandomize=True)
hypothesis.settings.load_profile("atlante")
