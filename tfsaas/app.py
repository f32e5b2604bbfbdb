"""The application: settings, extensions, blueprints; composition and nothing else."""

from flask import Flask
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from tfsaas import clock, config
from tfsaas.accounts import admin_views as users
from tfsaas.accounts import views as accounts
from tfsaas.assessments import assessment_views as assessments
from tfsaas.attachments import jobs as attachment_jobs
from tfsaas.attachments.actions import SCAN
from tfsaas.audit import trail
from tfsaas.cases import address_views as addresses
from tfsaas.cases import audit_views as audit
from tfsaas.cases import caseload_views as caseloads
from tfsaas.cases import editing_views as editing
from tfsaas.cases import ending_views as endings
from tfsaas.cases import fact_views as facts
from tfsaas.cases import genogram_views as genograms
from tfsaas.cases import involved_views as involved
from tfsaas.cases import look_back_views as family_look_back
from tfsaas.cases import my_work_views as my_work
from tfsaas.cases import search_views as search
from tfsaas.cases import views as cases
from tfsaas.claims import views as claims
from tfsaas.cli.councils import tenants
from tfsaas.cli.demo import demo
from tfsaas.cli.evidence import evidence
from tfsaas.cli.families import families
from tfsaas.cli.plans import outcomes
from tfsaas.cli.reports import reports as reports_command
from tfsaas.cli.service import jobs, security_check
from tfsaas.config import Settings
from tfsaas.db import db
from tfsaas.earned_autonomy import views as earned_autonomy
from tfsaas.evidence import jobs as evidence_jobs
from tfsaas.evidence import views as evidence_views
from tfsaas.evidence.actions import LOAD
from tfsaas.families import keys
from tfsaas.family_plans import copy_views as plan_copy
from tfsaas.family_plans import meeting_views as meetings
from tfsaas.family_plans import plan_views as family_plans
from tfsaas.jobs import transport, worker
from tfsaas.jobs import views as jobs_views
from tfsaas.loads import agreement_views as agreements
from tfsaas.loads import contradiction_views as contradictions
from tfsaas.loads import jobs as loads_jobs
from tfsaas.loads import match_views as matches
from tfsaas.loads import proposal_views as proposals
from tfsaas.loads import step_views as load_steps
from tfsaas.loads import views as load_views
from tfsaas.mail import jobs as mail_jobs
from tfsaas.mail.actions import SEND
from tfsaas.outcomes import jobs as outcome_jobs
from tfsaas.outcomes.actions import EVALUATE
from tfsaas.outcomes.refreshing import REFRESH
from tfsaas.planning import editor_views as editor
from tfsaas.planning import jobs as planning_jobs
from tfsaas.planning import look_back_views as look_back
from tfsaas.planning import nearly_views as nearly
from tfsaas.planning import rehearsal_views as rehearsals
from tfsaas.planning import version_views as version_pages
from tfsaas.planning import views as plans
from tfsaas.planning.looking_back import LOOK_BACK
from tfsaas.planning.rehearsing import REHEARSE
from tfsaas.recording import contact_views as contacts
from tfsaas.recording import record_views as family_files
from tfsaas.referrals import end_views as refer_end
from tfsaas.referrals import family_views as family_referral
from tfsaas.referrals import jobs as referral_jobs
from tfsaas.referrals import refer_views as refer
from tfsaas.referrals import triage_views as triage
from tfsaas.referrals.sending import FIND_MATCHES
from tfsaas.reports import jobs as report_jobs
from tfsaas.reports import views as reports
from tfsaas.reports.actions import ANNUAL
from tfsaas.tenants import assessment_template_views as assessment_template
from tfsaas.tenants import configuration_views as configuration
from tfsaas.tenants import referral_form_views as referral_form
from tfsaas.tenants import settings_views as settings_pages
from tfsaas.tenants import views as programme
from tfsaas.web import drafting, edge, errors, formats, headers, home, links, platform, setup

BLUEPRINTS = (
    home, platform, setup, drafting, contacts, family_files, addresses, my_work, endings, involved, genograms, search, settings_pages, referral_form, assessment_template, configuration, accounts, users, cases, caseloads, editing, facts, audit, evidence_views, jobs_views, programme,
    plans, editor, version_pages, rehearsals, look_back, family_look_back, nearly, load_views, load_steps, agreements, matches, contradictions, proposals, refer, refer_end, triage, family_referral, assessments, family_plans, plan_copy, meetings, claims, earned_autonomy, reports,
)  # fmt: skip
FUNCTIONS: dict[str, worker.Function] = {  # kind of job -> what does it
    LOAD: evidence_jobs.load,
    EVALUATE: outcome_jobs.evaluate,
    ANNUAL: report_jobs.annual,
    REFRESH: outcome_jobs.refresh,
    REHEARSE: planning_jobs.work_out,
    LOOK_BACK: planning_jobs.work_out_past,
    SCAN: attachment_jobs.scan,
    SEND: mail_jobs.send,
    FIND_MATCHES: referral_jobs.matches,
    **loads_jobs.FUNCTIONS,
}
COMMANDS = (tenants, outcomes, evidence, families, reports_command, jobs, demo, security_check)
LARGEST_REQUEST = 32 * 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """The service, ready for requests, jobs and commands.

    Without `settings` it knows only the commands that need none; those that do say what is
    missing.
    """
    app = Flask(__name__)
    for command in COMMANDS:
        app.cli.add_command(command)
    if settings is not None:
        _connect(app, settings)
        _serve(app)
    return app


def _connect(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        DATA_KEY=settings.data_key,
        DOMAIN=settings.domain,
        PORT=settings.port,
        SETTINGS=settings,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True, "hide_parameters": True, "pool_size": 5},
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
    )
    db.init_app(app)
    trail.init()
    keys.init()
    Migrate(app, db, directory=str(config.CHECKOUT / "migrations"))
    transport.init_app(app, settings.redis_url)
    worker.init_app(app, FUNCTIONS)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        # Flask documents this assignment; mypy sees a method
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]


def _serve(app: Flask) -> None:
    macros = {name: PackageLoader(name) for name in ("govuk_frontend_jinja", "govuk_frontend_wtf")}
    app.jinja_environment = formats.SharedGlobals
    app.jinja_loader = ChoiceLoader([PackageLoader("tfsaas"), PrefixLoader(macros)])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    headers.init_app(app)
    edge.init_app(app)
    CSRFProtect(app)
    errors.init_app(app)
    formats.init_app(app)
    links.init_app(app)
    WTFormsHelpers(app)
    app.add_template_global(home.navigation, "navigation")
    app.add_template_global(home.may_search, "may_search")
    app.add_template_global(clock.today, "today")
    for module in BLUEPRINTS:
        app.register_blueprint(module.blueprint)
    app.register_blueprint(family_files.chronology_pages)
