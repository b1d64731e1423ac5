"""How the journeys of money look at pages: a page of a name is looked at when it is first come to, since they come to many twice."""


def look_once(journey):
    """The same journey, which passes by what it has looked at."""
    stop, seen = journey.stop, set()

    def look(name):
        if name not in seen:
            seen.add(name)
            stop(name)

    journey.stop = look
    return journey
