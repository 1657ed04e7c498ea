"""What web servers and the flask command start: the settings, and the application made of them."""

from config import Config
from exam_centre.app import create_app

app = create_app(Config.from_environment())
