"""The doors through which notebooks and other programs ask models: OpenAI's and Ollama's."""
