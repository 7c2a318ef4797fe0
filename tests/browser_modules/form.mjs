// The visit's questions, as the app's page holds them: test_modules.py asks the server's table and passes the file on.

import { readFileSync } from "node:fs";

import { useForm } from "../../community_teams/static/teams/phone/visit_form.js";

useForm(JSON.parse(readFileSync(process.env.VISIT_QUESTIONS, "utf8")));
