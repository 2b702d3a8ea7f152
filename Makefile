# A thin face on dev.py. `make` alone lists the habits; `make test ARGS="-k poll"` runs some tests.
PYTHON ?= python3

.PHONY: habits setup run doctor test check audit fix soak bench clean
habits:
	@$(PYTHON) dev.py

setup run check audit fix clean:
	@$(PYTHON) dev.py $@

doctor:
	@$(PYTHON) dev.py doctor $(ARGS)

test:
	@$(PYTHON) dev.py test $(ARGS)

soak:
	@$(PYTHON) dev.py soak $(ARGS)

bench:
	@$(PYTHON) dev.py bench $(ARGS)
