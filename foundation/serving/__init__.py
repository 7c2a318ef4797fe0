"""The web server: one supervisor, workers that each run the application, and the worker of long jobs.

supervisor.py starts and replaces processes, and imports nothing of the application; worker.py is one web process;
front.py receives bodies and runs the WSGI application in threads; spool.py stores bodies while they arrive.
"""
