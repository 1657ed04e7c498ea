"""Devices at the doors: set up by a chief, taken by who stands there, revoked at once."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from exam_centre.adapters.qr import as_svg
from exam_centre.admission import queries, service
from exam_centre.admission.forms import DeviceForm, ReasonForm, TakeForm
from exam_centre.admission.models import Device
from exam_centre.admission.queries import DoorRoom
from exam_centre.admission.rules import UnknownDevice
from exam_centre.admission.views.blueprint import blueprint, settings
from exam_centre.kernel import clock
from exam_centre.kernel.database import unit_of_work
from exam_centre.kernel.permissions import Actor, Permission
from exam_centre.venues.queries import access_venue
from exam_centre.webkit.access import current_actor, requires
from exam_centre.webkit.database import reader
from exam_centre.webkit.form import typed

COOKIE = "door-device"  # what a taken device keeps: its secret, for scripts unreadable
LONGEST_KEY = 80


@blueprint.route("/devices", methods=["GET", "POST"])
@requires(Permission.RUN_DEVICES)
def list_devices() -> ResponseReturnValue:
    """List devices with their last contact, and set up another one: its key is shown once."""
    actor = current_actor()
    venues = queries.venues_with_devices(reader(), actor)
    form = DeviceForm.from_request()
    form.venue.choices = [(venue.token, venue.name) for venue in venues]
    if form.submitted():
        now = clock.now()
        with unit_of_work() as session:
            device, secret = service.provision_device(
                session,
                actor,
                access_venue(session, actor, str(form.venue.data)),
                name=typed(form.name),
                expires_at=now + timedelta(hours=int(form.hours.data or 1)),
                now=now,
            )
            name = device.name
        link = settings().public_url + url_for(".take_device", key=secret)
        return render_template(
            "admission/device_key.html", name=name, link=link, secret=secret, qr=as_svg(link)
        )
    return render_template(
        "admission/devices.html",
        form=form,
        venues=venues,
        devices=queries.devices_of(reader(), actor),
        now=clock.now(),
    )


@blueprint.route("/devices/<token:device>/revoke", methods=["GET", "POST"])
@requires(Permission.RUN_DEVICES)
def revoke_device(device: str) -> ResponseReturnValue:
    """End a device's duty at once, with a reason."""
    found = queries.access_device(reader(), current_actor(), device)
    form = ReasonForm.from_request()
    if form.submitted():
        with unit_of_work() as session:
            service.revoke_device(
                session,
                current_actor(),
                queries.access_device(session, current_actor(), device),
                reason=typed(form.reason),
                now=clock.now(),
            )
        flash(_("The device is off duty. Its next contact is refused."), "success")
        return redirect(url_for(".list_devices"), 303)
    return render_template("admission/device_revoke.html", form=form, device=found)


@blueprint.route("/devices/take", methods=["GET", "POST"])
@requires(Permission.CHECK_IN)
def take_device() -> ResponseReturnValue:
    """Take this phone or tablet as a door device, with the key that the chief showed."""
    form = TakeForm.from_request(key=request.args.get("key", "")[:LONGEST_KEY])
    if not form.submitted():
        return render_template("admission/device_take.html", form=form)
    now = clock.now()
    with unit_of_work() as session:
        device, secret = service.take_device(session, current_actor(), str(form.key.data), now=now)
        lasts = device.expires_at - now
    flash(_("This device is on duty, under your name."), "success")
    response = redirect(url_for(".list_doors"), 303)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(lasts.total_seconds()),
        secure=settings().public_url.startswith("https://"),
        httponly=True,
        samesite="Lax",
        path="/admission",
    )
    return response


def device_at_this_browser(session: Any, actor: Actor, room: DoorRoom, now: Any) -> Device:
    """Return the device a scan of this browser comes from: the taken one, else the sign-in's own.

    Raises UnknownDevice where this browser's device was revoked: it may not go on as another one.
    """
    secret = request.cookies.get(COOKIE, "")
    if secret:
        device = service.device_of_secret(session, secret, now)
        if device is None:
            raise UnknownDevice
        if device.venue_id == room.venue_id:
            return device
    return service.browser_device(session, actor, room.venue_id, room.time_zone, now=now)
