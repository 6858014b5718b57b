"""How people get in: sign-in, second factors, invitations and sessions.

django-allauth does the work; here stand our answers to its questions, our addresses and pages.
"""
