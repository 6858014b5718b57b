"""The newsroom's admin site: Django's own, with our words."""

from django.contrib.admin import AdminSite


class NewsroomSite(AdminSite):
    site_header = "Counterclaim"
