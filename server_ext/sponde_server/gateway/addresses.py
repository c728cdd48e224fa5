"""Where the gateway's doors stand: OpenAI's under /sponde/v1, Ollama's under /sponde/api."""

from typing import Any

from . import ollama_doors as ollama
from . import openai_doors as openai
from .service import SpondeGateway

OPENAI = "/sponde/v1"
OLLAMA = "/sponde/api"


def handlers(gateway: SpondeGateway) -> list[tuple[str, type[Any], dict[str, Any]]]:
    """Make Jupyter's list of handlers (it adds the server's base URL)."""
    given = {"gateway": gateway}
    asks = [
        (rf"{OPENAI}{path}/?", openai.AskDoor, {"path": path, **given})
        for path in ("/chat/completions", "/completions", "/embeddings")
    ]
    return [
        *asks,
        (rf"{OPENAI}/models/?", openai.ModelsDoor, given),
        (rf"{OPENAI}/models/(?P<name>.+)", openai.ModelDoor, given),
        (rf"{OPENAI}/.*", openai.NothingDoor, given),
        (rf"{OLLAMA}/chat", ollama.AskDoor, {"is_chat": True, **given}),
        (rf"{OLLAMA}/generate", ollama.AskDoor, {"is_chat": False, **given}),
        (rf"{OLLAMA}/embed", ollama.EmbedDoor, {"takes_one": False, **given}),
        (rf"{OLLAMA}/embeddings", ollama.EmbedDoor, {"takes_one": True, **given}),
        (rf"{OLLAMA}/tags", ollama.TagsDoor, given),
        (rf"{OLLAMA}/show", ollama.ShowDoor, given),
        (rf"{OLLAMA}/ps", ollama.RunningDoor, given),
        (rf"{OLLAMA}/version", ollama.VersionDoor, given),
        (rf"{OLLAMA}/(?:pull|push|create|copy|delete)", ollama.ElsewhereDoor, given),
    ]
