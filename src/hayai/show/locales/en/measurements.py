"""Texts about measurements that were made elsewhere: what is wrong with a table of them, and what was assumed while reading it."""

TEXTS: dict[str, str] = {
    # The text as a whole
    "measurements.too_big": "the text is larger than {limit} MB. Leave out the columns with answers, or split it",
    "measurements.binary": "this is not text: it holds null bytes. Export the table as CSV (in Excel: “CSV UTF-8”)",
    "measurements.json_array": "this is one JSON list. Write one object a line instead (JSON Lines), without brackets around them",
    "measurements.no_rows": "there is no measurement in here. The first line names the columns (prompt, target, seconds), each further line is one request",
    "measurements.no_files": "there is no results file in here. Name the files, or the folder that holds them",
    "measurements.more": "and more of them: {count}. Correct those above first",
    # Columns
    "measurements.no_column": "there is no column {column}. Name one of the columns: {known}",
    "measurements.no_column.maybe": "there is no column {column}. Is it “{word}”? Then call it “{suggestion}”. Known names: {known}",
    "measurements.two_columns": "the columns “{first}” and “{second}” are both read as {meaning}. Call the right one {meaning}, or remove the other",
    "measurements.too_many_cells": "too many cells: {found}, where the first line names {expected}. Put a text with separators into double quotes",
    "measurements.too_few_cells": "too few cells: {found}, where the first line names {expected}. Leave a cell empty rather than out",
    "measurements.not_an_object": 'this line is not a JSON object. Write it like {{"prompt": "p1", "target": "a", "seconds": 1.5}}',
    # Cells
    "measurements.empty_name": "the column “{column}” is empty. Every row needs its prompt and its target",
    "measurements.empty_time": (
        "the column “{column}” is empty, and nothing says that the request failed. Give the time, or write failed into a column status"
    ),
    "measurements.empty_round": "the column “{column}” is empty. Give every row its round, or remove the column: rows then pair in their order",
    "measurements.not_a_time": "“{cell}” in the column “{column}” is not a time. Write a number, such as 1.5, or a number with its unit: 1.5s, 850ms",
    "measurements.not_finite": (
        "“{cell}” in the column “{column}” is not a number of seconds. If the request failed, leave it empty and write failed into a column status"
    ),
    "measurements.not_positive": (
        "“{cell}” in the column “{column}”: a time is above 0. If the request failed, leave it empty and write failed into a column status"
    ),
    "measurements.not_whole": "“{cell}” in the column “{column}” is not a whole number. Write it in digits only, or leave it empty if it is not known",
    "measurements.not_yes_or_no": "“{cell}” in the column “{column}” is neither yes nor no. Write true or false, or leave it empty if it is not known",
    "measurements.not_a_request": (
        "“{cell}” in the column “{column}” would be a request of less than a microsecond or more than a day. Check the unit in the column's name"
    ),
    "measurements.ttft_after_end": (
        "the first token (“{first}”) comes after the end of the answer (“{column}”). Check that both are of the same request, and their units"
    ),
    "measurements.two_marks": (
        "the column “{column}” has decimal points (line {point}) and decimal commas (line {comma}). Write all numbers the same way"
    ),
    # Units
    "measurements.mixed_units": (
        "the column “{column}” has values with a unit ({united}, such as “{example}”) and without ({bare}; lines: {lines}). "
        "Give every value its unit, or none"
    ),
    "measurements.two_units": (
        "the column “{column}” seems to hold two units: its values fall into two groups, up to “{low}” (line {low_line}) and from “{high}” "
        "(line {high_line}). Look at these lines first: {lines} ({fewer} of {all} values). Bring them to one unit, or write the unit behind every "
        "value (1.2s, 850ms). If the times really are that far apart, say --allow-wide"
    ),
    "measurements.no_unit": (
        "the column “{column}” names no unit, and its values (such as “{cell}”) are large for seconds. "
        "Name the unit in the first line: {column}_ms or {column}_s"
    ),
    # What belongs together
    "measurements.twice": "the prompt “{prompt}” has this round of “{target}” already in line {first}. Remove one, or number the rounds anew",
    "measurements.two_categories": "the prompt “{prompt}” is in the category “{category}” here and in “{other}” in line {first}. Choose one",
    "measurements.one_target": "all measurements are of one target, “{target}”. To compare, add those of another on the same prompts",
    "measurements.no_pair": "no prompt was sent to two targets in the same round, so nothing can be compared. Check the columns prompt and round",
    "measurements.all_failed": "every request failed, so there is no time to compare. A request that was answered has one of these as its status: {known}",
    # Results files
    "measurements.same_file": "this file says the same as {first}. Leave one of them out",
    "measurements.target_twice": "the target “{target}” is in this file twice. Give each its own name",
    "measurements.file_time": "the time of “{target}” is not one that a request can take. Correct the file, or leave it out",
    "measurements.file_tokens": "the output tokens of “{target}” are below 0. Correct the file, or leave it out",
    # What was assumed
    "measurements.note.ignored": "Columns left alone: {columns}.",
    "measurements.note.seconds_assumed": "The column “{column}” names no unit; it was read as seconds.",
    "measurements.note.own_units": "Values of the column “{column}” carry units other than its name says; each was read in its own.",
    "measurements.note.decimal_comma": "Commas in the column “{column}” were read as decimal commas: 1,5 is one and a half.",
    "measurements.note.rounds_by_order": (
        "There is no column round: the n-th row of a prompt and target was taken as its n-th round. "
        "That pairs requests of about the same time only if no row is missing."
    ),
    "measurements.note.failures": "Rows counted as failed requests because of their status ({words}): {count}.",
    "measurements.note.short_names": "Prompts given as whole texts, called here by their first words and a number: {count}.",
    "measurements.note.prompts_from_text": "Prompts are called by their first words and a number.",
    "measurements.note.rounds_by_time": "Several files with the same prompt were taken as its rounds, the earliest first.",
    "measurements.note.undated": "Files that do not say when they were measured, taken as the last rounds in their order: {count}.",
    "measurements.note.file_failures": "Answers without a time in their file, counted as failed requests: {count}.",
}
