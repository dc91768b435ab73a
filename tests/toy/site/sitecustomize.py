"""Python imports this when it starts, if the folder is on its path: then the toy is known to every process of saoctl."""

from tests.toy.family import register

register()
