namespace Attune.Text.Templates.Spans;

/// <summary>
/// Templates that print a turn piece by piece: its text is collected in a variable, then printed as header, marked words
/// and line break.
/// </summary>
internal static class CollectedTurns
{
    private const string ChatMLHeader = "'<|im_start|>assistant\n'";
    private const string DeepSeekHeader = "'<｜Assistant｜>'";

    private const string DeepSeekToolsDone = "{{'<｜tool▁outputs▁end｜>' + message['content'] + '<｜end▁of▁sentence｜>'}}";

    private const string DeepSeekAnswer = "{{'<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>'}}";

    private static readonly (string Part, string Marked)[] DeepSeekAnswers =
    [
        (DeepSeekToolsDone, Begin + DeepSeekToolsDone + End("'<｜tool▁outputs▁end｜>'", 0)),
        (DeepSeekAnswer, Begin + DeepSeekAnswer + End(DeepSeekHeader, 0)),
    ];

    public static readonly KnownTemplate[] All =
    [
        new("Qwen3", "a55ee1b1660128b7098723e0abcd92caa0788061051c62d51cbe87d9cf1974d8",
            Open("{%- elif message.role == \"assistant\" %}\n"),
            Close("{{- '<|im_end|>\\n' }}\n    {%- elif message.role == \"tool\" %}", ChatMLHeader, 1)),
        new("Qwen3 2507", "64f85b198065d0fba2a81f37e10ed68161ce2c19a754c7100e67e0ca2ee9c326",
            Open("{%- elif message.role == \"assistant\" %}\n"),
            Close("{{- '<|im_end|>\\n' }}\n    {%- elif message.role == \"tool\" %}", ChatMLHeader, 1)),
        new("Qwen3.5", "a4aee8afcf2e0711942cf848899be66016f8d14a889ff9ede07bca099c28f715",
            Open("{%- elif message.role == \"assistant\" %}\n"),
            Close("{{- '<|im_end|>\\n' }}\n    {%- elif message.role == \"tool\" %}", ChatMLHeader, 1)),
        new("Nemotron Nano 3", "43a92aacc2e169bb37055e4d8b0df31edfdc8657d8c387fcf98254cb246e626a",
            Open("{%- if message.role == \"assistant\" %}\n"),
            ("{%- elif message.role == \"user\" or message.role == \"system\" %}",
                End(ChatMLHeader, 1) + "{%- elif message.role == \"user\" or message.role == \"system\" %}")),
        new("gpt-oss", "a4c9919cbbd4acdd51ccffe22da049264b1b73e59055fa58811a99efbd7c8146",
            Open("{%- if message.role == 'assistant' -%}\n"),
            ("{%- elif message.role == 'tool' -%}", End("'<|start|>assistant'", 0) + "{%- elif message.role == 'tool' -%}")),
        new("Gemma 3", "8d9e3a3c114fb2053ec500184677af4f7e5f8ec2582443cd535834e68b3ade29",
            ("(first_user_prefix if loop.first else \"\") }}", "(first_user_prefix if loop.first else \"\") }}{%- set turn -%}"),
            ("{{ '<end_of_turn>\n' }}",
                "{%- endset -%}{%- if message['role'] == 'assistant' -%}{%- generation -%}{{ turn + '<end_of_turn>' }}" +
                "{%- endgeneration -%}{%- else -%}{{ turn + '<end_of_turn>' }}{%- endif -%}{{ '\n' }}")),
        new("DeepSeek-V3", "563b1ce7d61d50a9b4c7439a912a1116f095b712df5b5e4d3e1116049874eb64",
            [
                ("{%- for tool in message['tool_calls'] %}", Begin + "{%- for tool in message['tool_calls'] %}"),
                ("{{'<｜tool▁calls▁end｜><｜end▁of▁sentence｜>'}}",
                    "{{'<｜tool▁calls▁end｜><｜end▁of▁sentence｜>'}}" + End(DeepSeekHeader, 0)),
                .. DeepSeekAnswers,
            ]),
        new("DeepSeek-R1 Distill", "56a1447ad31926fdc21fb07e56e5642bd9c850c4f52d8c8af7bbe5f079a84f5f",
            [
                ("{%- for tool in message['tool_calls']%}", Begin + "{%- for tool in message['tool_calls']%}"),
                ("{%- endfor %}{%- endif %}{%- if message['role'] == 'assistant' and message['content'] is not none %}",
                    "{%- endfor %}" + End(DeepSeekHeader, 0) +
                    "{%- endif %}{%- if message['role'] == 'assistant' and message['content'] is not none %}"),
                .. DeepSeekAnswers,
            ]),
        // GLM ends a turn with the role of the next one, so that token is printed with the turn it ends, and after the
        // last turn too: without it the model would never learn to stop.
        new("GLM-4.5", "44f815868bf02fa458dd2f741a338046f4bf45f398eb6d067766726b9d96cce3",
            ("{%- if m.role == 'user' -%}<|user|>\n",
                "{%- set answered = not loop.first and messages[loop.index0 - 1].role == 'assistant' %}" +
                "{%- if m.role == 'user' -%}{{ '' if answered else '<|user|>' }}{{ '\n' }}"),
            ("{%- elif m.role == 'assistant' -%}\n<|assistant|>\n",
                "{%- elif m.role == 'assistant' -%}\n<|assistant|>" + Begin + "\n"),
            ("{%- elif m.role == 'tool' -%}",
                "{%- endset %}{%- generation %}{{- turn }}" +
                "{{- '' if not loop.last and messages[loop.index0 + 1].role == 'assistant' else " +
                "{'tool': '<|observation|>', 'system': '<|system|>'}" +
                "[('tool' if m.tool_calls else 'user') if loop.last else messages[loop.index0 + 1].role] or '<|user|>' }}" +
                "{%- endgeneration %}{%- elif m.role == 'tool' -%}"),
            ("{%- if loop.first or (messages[loop.index0 - 1].role != \"tool\") %}",
                "{%- if not answered and (loop.first or messages[loop.index0 - 1].role != \"tool\") %}"),
            ("<|observation|>{% for tr in", "{{ '' if answered else '<|observation|>' }}{% for tr in"),
            ("{%- elif m.role == 'system' -%}\n<|system|>\n",
                "{%- elif m.role == 'system' -%}\n{{ '' if answered else '<|system|>' }}{{ '\n' }}")),
    ];

    private const string Begin = "{%- set turn %}";

    /// <summary>Begins to collect after a part that occurs once.</summary>
    public static (string Part, string Marked) Open(string part) => (part, part.TrimEnd('\n') + Begin + "\n");

    /// <summary>Ends collecting between the first line of a part that occurs once, and the rest of it.</summary>
    public static (string Part, string Marked) Close(string part, string header, int unmarkedEnd) =>
        (part, part.Replace("\n", End(header, unmarkedEnd) + "\n"));

    // Prints what was collected: its header where it has one, its words marked, and the last characters.
    private static string End(string header, int unmarkedEnd) =>
        "{%- endset %}{%- set words = turn.removeprefix(" + header + ") %}{{- turn[:turn|length - words|length] }}" +
        "{%- generation %}{{- words[:words|length - " + unmarkedEnd + "] }}{%- endgeneration %}" +
        "{{- words[words|length - " + unmarkedEnd + ":] }}";
}
