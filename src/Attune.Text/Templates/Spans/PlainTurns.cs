namespace Attune.Text.Templates.Spans;

/// <summary>Templates that print a turn in one expression, which is split into header, words and line break.</summary>
internal static class PlainTurns
{
    private const string SmolLM2Turn =
        "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}";

    private const string GemmaTurn =
        "{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}";

    private const string Lfm2Turn = """{{- content + "<|im_end|>\n" -}}""";

    private const string Qwen25Turn = """{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}""";

    private const string PhiTurn = "{{'<|assistant|>\n' + message['content'] + '<|end|>\n'}}";

    private static readonly (string Part, string Marked) PhiMarks =
        (PhiTurn, Split("'<|assistant|>\n'", "message['content'] + '<|end|>'", "'\n'"));

    public static readonly KnownTemplate[] All =
    [
        new("SmolLM2", "872be49dbb638044ad01b60388f48d469ff2980e5f0dccdc22ec907db54d0788",
            (SmolLM2Turn, IfAssistant("'<|im_start|>assistant\n'", "message['content'] + '<|im_end|>'", "'\n'", SmolLM2Turn))),
        new("Gemma", "ecd6ae513fe103f0eb62e8ab5bfa8d0fe45c1074fa398b089c93a7e70c15cfd6",
            (GemmaTurn, IfAssistant("'<start_of_turn>model\n'", "message['content'] | trim + '<end_of_turn>'", "'\n'", GemmaTurn))),
        new("Llama 3", "ba03a121d097859c7b5b9cd03af99aafe95275210d2876f642ad9929a150f122",
            ("{{ content }}{% endfor %}", IfAssistant(
                "content[:content|length - (message['content'] | trim + '<|eot_id|>')|length]",
                "message['content'] | trim + '<|eot_id|>'",
                "''",
                "{{ content }}") + "{% endfor %}")),
        new("Phi-3", "dcaee66df77bfbb789ec541fe713218da30225a526f1db97138fc39ee6dc56aa", PhiMarks),
        new("Phi-3.5", "78d976a442bcde2f0be15aafbb8e3050e1104f86732266f68403251b89982a90", PhiMarks),
        new("Cohere Aya", "90c33aee14aa2a226127516d48ee9184c9b90745d4a04c484621ec2e82fb712c",
            ("{{ '<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>'  + content.strip() + '<|END_OF_TURN_TOKEN|>' }}",
                Split("'<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>'", "content.strip() + '<|END_OF_TURN_TOKEN|>'", "''"))),
        new("Cohere Command", "2147c474f41b522b7296f74692b9f31e45f49a31465960576a9d321339c5915a",
            ("{{ message['content'] }}<|END_RESPONSE|>{% elif",
                "{% generation %}{{ message['content'] }}<|END_RESPONSE|><|END_OF_TURN_TOKEN|>{% endgeneration %}{% elif"),
            ("{% endif %}<|END_OF_TURN_TOKEN|>{% endfor %}",
                "{% endif %}{% if role not in ['assistant', 'chatbot'] %}<|END_OF_TURN_TOKEN|>{% endif %}{% endfor %}")),
        new("LFM2", "cef187400d62a59507aab3a642ea9a8d2a2ef263562bc3430560e116945273cf",
            (Lfm2Turn, IfAssistant("''", """content + "<|im_end|>" """, "'\n'", Lfm2Turn))),
        new("Qwen2.5", "55b2f4a26ac9ee719330a61a0c39d9e538b0e9322212f048326318cff4f8674a",
            (Qwen25Turn, IfAssistant("'<|im_start|>assistant\n'", "message.content + '<|im_end|>'", "'\n'", Qwen25Turn)),
            ("""
                {{- '<|im_start|>' + message.role }}
                        {%- if message.content %}
                """, """
                {{- '<|im_start|>' + message.role }}{%- set turn %}
                        {%- if message.content %}
                """),
            CollectedTurns.Close("{{- '<|im_end|>\\n' }}\n    {%- elif message.role == \"tool\" %}", "'\n'", 1)),
    ];

    private static string Split(string header, string words, string rest) =>
        $"{{{{- {header} }}}}{{%- generation %}}{{{{- {words} }}}}{{%- endgeneration %}}{{{{- {rest} -}}}}";

    private static string IfAssistant(string header, string words, string rest, string otherwise) =>
        $"{{%- if message['role'] == 'assistant' %}}{Split(header, words, rest)}{{%- else -%}}{otherwise}{{%- endif -%}}";
}
