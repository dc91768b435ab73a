"""Python imports this when it starts with the folder on its path: then saoctl knows the toy in every process."""

from tests.toy.family import register

register()
