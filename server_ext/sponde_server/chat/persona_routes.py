"""Addresses of personas and templates."""

from sponde_server.core.http import Routes

from .records import (
    NewPersona,
    NewTemplate,
    Persona,
    PersonaChanged,
    PersonaRemoved,
    Template,
    TemplateChanged,
    TemplateFile,
    TemplateRemoved,
)
from .service import SpondeChat

routes = Routes("chat", events=(PersonaChanged, PersonaRemoved, TemplateChanged, TemplateRemoved))


@routes("GET", "/personas")
async def list_personas(chat: SpondeChat) -> list[Persona]:
    """List who can be asked to answer: those that come with Sponde, then one's own."""
    return await chat.personas.list_all()


@routes("POST", "/personas")
async def add_persona(chat: SpondeChat, body: NewPersona) -> Persona:
    """Make a persona."""
    return await chat.personas.add(body)


@routes("PUT", "/personas/{persona_id}")
async def change_persona(chat: SpondeChat, persona_id: str, body: NewPersona) -> Persona:
    """Change a persona."""
    return await chat.personas.change(persona_id, body)


@routes("DELETE", "/personas/{persona_id}")
async def remove_persona(chat: SpondeChat, persona_id: str) -> None:
    """Delete a persona; it can be restored."""
    await chat.personas.remove(persona_id)


@routes("POST", "/personas/{persona_id}/restore")
async def restore_persona(chat: SpondeChat, persona_id: str) -> Persona:
    """Bring a deleted persona back."""
    return await chat.personas.restore(persona_id)


@routes("POST", "/personas/{persona_id}/duplicate")
async def duplicate_persona(chat: SpondeChat, persona_id: str) -> Persona:
    """Make a persona of one's own like another."""
    return await chat.personas.duplicate(persona_id)


@routes("POST", "/personas/{persona_id}/reset")
async def reset_persona(chat: SpondeChat, persona_id: str) -> Persona:
    """Bring a persona that comes with Sponde back as it came."""
    return await chat.personas.reset(persona_id)


@routes("GET", "/templates")
async def list_templates(chat: SpondeChat) -> list[Template]:
    """List the templates by name."""
    return await chat.templates.list_all()


@routes("POST", "/templates")
async def add_template(chat: SpondeChat, body: NewTemplate) -> Template:
    """Make a template."""
    return await chat.templates.add(body)


@routes("PUT", "/templates/{template_id}")
async def change_template(chat: SpondeChat, template_id: str, body: NewTemplate) -> Template:
    """Change a template."""
    return await chat.templates.change(template_id, body)


@routes("DELETE", "/templates/{template_id}")
async def remove_template(chat: SpondeChat, template_id: str) -> None:
    """Delete a template; it can be restored."""
    await chat.templates.remove(template_id)


@routes("POST", "/templates/{template_id}/restore")
async def restore_template(chat: SpondeChat, template_id: str) -> Template:
    """Bring a deleted template back."""
    return await chat.templates.restore(template_id)


@routes("GET", "/template-file")
async def export_templates(chat: SpondeChat) -> TemplateFile:
    """Give all templates, as a file holds them."""
    return await chat.templates.export()


@routes("POST", "/template-file")
async def import_templates(chat: SpondeChat, body: TemplateFile) -> list[Template]:
    """Add the templates of a file; gives those that were not there yet."""
    return await chat.templates.take(body)
