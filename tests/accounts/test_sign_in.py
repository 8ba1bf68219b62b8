"""Signing in: a password, then a second factor, and nothing said to who tries addresses (ADM-05, ADM-07)."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dcc.accounts import shared_cache, tasks
from dcc.accounts.adapter import MFAAdapter
from dcc.accounts.factors import make_recovery_codes
from dcc.accounts.models import User
from dcc.audit.models import AuditEvent
from dcc.lib.crypto import ContentTampered
from dcc.tenancy.scope import user_scope
from tests.accounts.conftest import Door

pytestmark = pytest.mark.django_db


def events_of(user: User) -> list[str]:
    with user_scope(user_id=user.pk, membership_id=None):
        return list(AuditEvent.objects.filter(actor_id=user.pk).order_by("recorded_at").values_list("event", flat=True))


def totp_now(secret: str, shift: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + shift))


def with_application(user: User) -> str:
    """Give the person an authentication application; its secret."""
    secret = generate_totp_secret()
    Authenticator.objects.create(user=user, type="totp", data={"secret": MFAAdapter().encrypt(secret)})
    return secret


class TestPasswordThenCode:
    def test_a_six_digit_code_arrives_by_mail_and_opens_the_session(self, door: Door, people: Any) -> None:
        answer = door.password("auditor")
        assert answer["Location"] == reverse("account_confirm_login_code")
        assert [message.to for message in mail.outbox] == [["auditor@dcc.example"]]
        assert door.code(door.received())["Location"] == reverse("home")
        assert "_auth_user_id" in door.client.session
        assert events_of(people("auditor")) == ["signin.code_sent", "signin.done"]

    def test_a_code_may_be_pasted_with_spaces(self, door: Door) -> None:
        door.password("auditor")
        code = door.received()
        assert door.code(f" {code[:3]} {code[3:]} ")["Location"] == reverse("home")

    def test_the_code_serves_once(self, door: Door, django_capture_on_commit_callbacks: Any) -> None:
        door.enter("auditor")
        again = Door(django_capture_on_commit_callbacks)
        used = door.received()
        again.password("auditor")
        assert again.received() != used
        assert again.code(used).status_code == 422

    def test_three_wrong_codes_send_back_to_the_password(self, door: Door, people: Any) -> None:
        door.password("auditor")
        right = door.received()
        wrong = "000000" if right != "000000" else "111111"
        refused = door.code(wrong)
        assert refused.status_code == 422
        assert "Ce code ne correspond pas" in refused.content.decode()
        assert door.code(wrong).status_code == 422
        assert door.code(wrong)["Location"] == reverse("account_login")
        assert "_auth_user_id" not in door.client.session
        assert door.code(right)["Location"] == reverse("account_login"), "the right code is dead too"
        assert events_of(people("auditor")).count("signin.code_refused") == 3

    def test_asking_for_another_code_kills_the_first(self, door: Door) -> None:
        door.password("auditor")
        first = door.received()
        door.code("", action="resend")
        second = door.received()
        assert len(mail.outbox) == 2
        if first != second:
            assert door.code(first).status_code == 422
        assert door.code(second)["Location"] == reverse("home")

    def test_a_code_lives_ten_minutes(self, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
        door.password("auditor")
        code = door.received()
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 601)
        assert door.code(code)["Location"] == reverse("account_login")
        assert "Le code n’est plus valable" in door.client.get(reverse("account_login")).content.decode()

    def test_codes_are_spaced_out_for_one_person(self, door: Door, django_capture_on_commit_callbacks: Any) -> None:
        for _ in range(15):
            assert Door(django_capture_on_commit_callbacks).password("auditor").status_code == 302
        assert Door(django_capture_on_commit_callbacks).password("auditor").status_code == 429
        assert len(mail.outbox) == 15

    def test_a_deactivated_account_does_not_enter(self, door: Door, people: Any) -> None:
        user = people("auditor")
        user.is_active = False
        user.save()
        assert door.password("auditor")["Location"] == reverse("account_inactive")
        assert mail.outbox == []


class TestNothingIsSaidToStrangers:
    def test_unknown_address_and_wrong_password_answer_alike(self, door: Door, people: Any) -> None:
        unknown, wrong = door.password("nobody"), door.password("auditor", "Pas-le-bon-mot-42")
        assert unknown.status_code == wrong.status_code == 422
        for answer in (unknown, wrong):
            assert "L’adresse ou le mot de passe ne correspond pas" in answer.content.decode()
        assert "signin.failed" in events_of(people("auditor"))

    def test_a_failure_is_traced_without_the_address(self, door: Door, as_worker: Any) -> None:
        door.password("nobody")
        with as_worker(1), connection.cursor() as cursor:
            cursor.execute("SET ROLE dcc_sealer")  # who reads every event: this one is nobody's
            event = AuditEvent.objects.filter(event="signin.failed").latest("recorded_at")
        assert "nobody" not in str(event.details)
        assert event.region_id is None
        assert len(event.details["email_hash"]) == 32

    def test_forgotten_password_answers_alike_and_writes_to_no_stranger(self, door: Door) -> None:
        for address, mails in (("nobody@dcc.example", 0), ("auditor@dcc.example", 1)):
            with door._commit(execute=True):
                answer = door.client.post(reverse("account_reset_password"), {"email": address})
            assert answer["Location"] == reverse("account_reset_password_done")
            assert len(mail.outbox) == mails

    def test_five_failures_close_the_door_for_a_while(self, door: Door, people: Any) -> None:
        for _ in range(5):
            door.password("auditor", "Pas-le-bon-mot-42")
        refused = door.password("auditor")
        assert refused.status_code == 422
        assert "Trop d’essais" in refused.content.decode()
        assert "signin.blocked" in events_of(people("auditor"))

    @pytest.mark.parametrize("path", ["/compte/signup/", "/compte/email/", "/compte/confirm-email/"])
    def test_nobody_creates_or_changes_an_account_alone(self, signed_in: Any, path: str) -> None:
        inside = signed_in("auditor")
        assert inside.get(path).status_code == 404
        assert inside.post(path, {"email": "x@dcc.example"}).status_code == 404
        assert Client().get("/compte/signup/").status_code == 404


class TestSecondFactors:
    def test_an_application_replaces_the_mailed_code(self, door: Door, people: Any) -> None:
        secret = with_application(people("auditor"))
        assert door.password("auditor")["Location"] == reverse("mfa_authenticate")
        assert mail.outbox == []
        answer = door.client.post(reverse("mfa_authenticate"), {"code": totp_now(secret)})
        assert answer["Location"] == reverse("home")

    def test_a_wrong_application_code_is_refused(self, door: Door, people: Any) -> None:
        secret = with_application(people("auditor"))
        door.password("auditor")
        wrong = "000000" if totp_now(secret) != "000000" else "111111"
        refused = door.client.post(reverse("mfa_authenticate"), {"code": wrong})
        assert refused.status_code == 422
        assert "signin.code_refused" in events_of(people("auditor"))

    def test_the_secret_is_encrypted_at_rest(self, people: Any) -> None:
        secret = with_application(people("auditor"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT data::text FROM mfa_authenticator")
            stored = cursor.fetchone()[0]
        assert secret not in stored
        token = Authenticator.objects.get().data["secret"]
        assert MFAAdapter().decrypt(token) == secret
        with pytest.raises(ContentTampered):
            MFAAdapter().decrypt(("B" if token[40] != "B" else "C").join((token[:40], token[41:])))

    def test_a_recovery_code_enters_when_mail_is_down(self, door: Door, people: Any) -> None:
        authenticator, made = make_recovery_codes(user=people("auditor"))
        codes = authenticator.wrap().get_unused_codes()
        assert made
        assert len(codes) == 10
        door.password("auditor")
        assert door.code(codes[0])["Location"] == reverse("home")

    def test_a_recovery_code_serves_once(self, door: Door, people: Any) -> None:
        codes = make_recovery_codes(user=people("auditor"))[0].wrap().get_unused_codes()
        door.password("auditor")
        door.code(codes[0])
        door.client.post(reverse("account_logout"))
        door.password("auditor")
        assert door.code(codes[0]).status_code == 422
        assert door.code(codes[1])["Location"] == reverse("home")

    def test_enrolment_shows_the_codes_once_then_offers_an_application(self, door: Door, people: Any) -> None:
        door.enter("auditor")
        assert door.client.get("/")["Location"].startswith(reverse("accounts:choose_membership"))
        door.client.get(reverse("accounts:choose_membership"))
        assert door.client.get("/")["Location"].startswith(reverse("accounts:enrolment"))
        page = door.client.get(reverse("accounts:enrolment")).content.decode()
        assert page.count('<li class="num">') == 10
        assert "Ajouter une application" in page
        assert '<li class="num">' not in door.client.get(reverse("accounts:enrolment")).content.decode()
        assert "signin.factor_added" in events_of(people("auditor"))

    def test_adding_an_application_from_its_page(self, door: Door, people: Any) -> None:
        door.enter("auditor")
        door.client.get(reverse("accounts:choose_membership"))
        page = door.client.get(reverse("mfa_activate_totp"))
        assert "data:image/svg+xml;base64," in page.content.decode()
        secret = page.context_data["form"].secret
        with door._commit(execute=True):
            answer = door.client.post(reverse("mfa_activate_totp"), {"code": totp_now(secret)})
        assert answer.status_code == 302
        assert Authenticator.objects.filter(user=people("auditor"), type="totp").exists()
        assert "signin.factor_added" in events_of(people("auditor"))
        assert "Une application d’authentification a été ajoutée" in str(mail.outbox[-1].body)

    def test_removing_it_later_asks_for_the_password(self, door: Door, people: Any) -> None:
        door.enter("auditor")
        door.client.get(reverse("accounts:choose_membership"))
        with_application(people("auditor"))
        session = door.client.session
        session["started_at"] = time.time() - 600
        session.save()
        answer = door.client.get(reverse("mfa_deactivate_totp"))
        assert answer["Location"].startswith(reverse("account_reauthenticate"))


class TestWhatMayBreak:
    def test_broker_down_the_code_is_sent_directly(self, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: Any, **__: Any) -> None:
            raise tasks.OperationalError

        monkeypatch.setattr(tasks.send_mail, "apply_async", refuse)
        assert door.enter("auditor")["Location"] == reverse("home")

    def test_mail_down_too_the_page_still_answers(self, door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: Any, **__: Any) -> None:
            raise ConnectionRefusedError

        monkeypatch.setattr(tasks.send_mail, "apply_async", refuse)
        monkeypatch.setattr(tasks, "deliver", refuse)
        assert door.password("auditor")["Location"] == reverse("account_confirm_login_code")
        assert door.client.get(reverse("account_confirm_login_code")).status_code == 200

    def test_a_real_broker_that_is_absent_is_not_waited_for(self) -> None:
        tasks.app.conf.update(task_always_eager=False)
        mail_of_nobody = {"to": "nobody@dcc.example", "subject": "", "body": ""}
        with tasks.quick_connection("redis+socket:///nowhere/kv.sock") as absent:
            started = time.monotonic()
            with pytest.raises(tasks.BROKER_IS_DOWN):
                tasks.send_mail.apply_async(kwargs=mail_of_nobody, connection=absent, retry=False)
            assert time.monotonic() - started < 3

    def test_cache_down_sign_in_works_and_stays_limited(self, door: Door, settings: Any) -> None:
        broken = {"BACKEND": "dcc.accounts.shared_cache.SharedCache", "LOCATION": "unix:///nowhere/kv.sock"}
        settings.CACHES = {"default": broken}
        assert door.enter("auditor")["Location"] == reverse("home")
        door.client.post(reverse("account_logout"))
        for _ in range(5):
            door.password("stats", "Pas-le-bon-mot-42")
        assert "Trop d’essais" in door.password("stats").content.decode()

    def test_a_silent_cache_is_not_asked_at_every_call(self, monkeypatch: pytest.MonkeyPatch) -> None:
        cache = shared_cache.SharedCache("unix:///nowhere/kv.sock", {})
        calls = []
        monkeypatch.setattr(shared_cache.RedisCache, "get", lambda *_: calls.append(1) or _raise())
        for _ in range(5):
            assert cache.get("anything", "default") == "default"
        assert len(calls) == 1


def _raise() -> None:
    raise ConnectionRefusedError


class TestPasswords:
    def test_a_forgotten_password_is_chosen_again_by_mail(self, door: Door, people: Any) -> None:
        with door._commit(execute=True):
            door.client.post(reverse("account_reset_password"), {"email": "auditor@dcc.example"})
        link = next(line for line in str(mail.outbox[-1].body).splitlines() if line.startswith("http"))
        path = link.partition("testserver")[2]
        form = door.client.get(path, follow=True)
        target = form.redirect_chain[-1][0]
        for weak, reason in (
            ("court-12", "12 caractères"),
            ("123456789012", "chiffres"),
            ("auditor@dcc.example", "adresse"),
        ):
            refused = door.client.post(target, {"password1": weak, "password2": weak})
            assert refused.status_code == 422, weak
            assert reason in refused.content.decode(), weak
        good = "Ar-Men-1881-tempête"
        done = door.client.post(target, {"password1": good, "password2": good})
        assert done["Location"] == reverse("account_reset_password_from_key_done")
        assert door.password("auditor", good).status_code == 302
        assert "signin.password" in events_of(people("auditor"))
        assert "Ce lien ne sert plus" in Client().get(path, follow=True).content.decode()

    def test_changing_it_closes_the_other_sessions(self, door: Door, signed_in: Any) -> None:
        other = signed_in("auditor")
        assert other.get(reverse("accounts:profile")).status_code == 200
        mine = signed_in("auditor")
        good = "Ar-Men-1881-tempête"
        data = {"oldpassword": "Phare-de-Nividic-1912", "password1": good, "password2": good}
        assert mine.post(reverse("account_change_password"), data).status_code == 302
        assert mine.get(reverse("accounts:profile")).status_code == 200
        assert other.get(reverse("accounts:profile"))["Location"].startswith(reverse("account_login"))

    def test_signing_out_is_traced(self, signed_in: Any, people: Any) -> None:
        signed_in("auditor").post(reverse("account_logout"))
        assert events_of(people("auditor"))[-1] == "signin.out"
        assert people("auditor").last_login <= timezone.now()
