using System.Text.Json.Nodes;
using Attune.Text.Templates;
using Attune.Text.Tests.Tokenizers;
using Attune.Text.Tokenizers;

namespace Attune.Text.Tests.Templates;

public class ChatTokenTests
{
    [Theory]
    [InlineData("smollm2", 30, 14)]
    [InlineData("llama3_2", 62, 15)]
    [InlineData("qwen3", 96, 45)]
    [InlineData("gptoss", 32, 15)]
    [InlineData("deepseek_v3", 28, 14)]
    public void Conversations_become_the_ids_and_masks_of_the_reference(string family, int expectedRows, int expectedMasks)
    {
        var tokenizer = TokenizerGoldens.Load(family);
        var mismatches = new List<string>();
        var rows = GoldenRows.Lines(Goldens.Path("templates/tokens.jsonl")).Where(row => (string)row["tokenizer"]! == family).ToList();
        var masks = 0;
        foreach (var row in rows)
        {
            var chat = GoldenChats.Render(row);
            var encoding = tokenizer.Encode(chat.Text, addSpecialTokens: false);
            var name = $"{row["template"]} × {row["conversation"]}";
            if (!encoding.Ids.SequenceEqual(Numbers(row["ids"]!))) mismatches.Add($"{name}: ids");
            if (row["assistant_masks"] is not { } mask) continue;
            masks++;
            if (!Mask(chat, encoding, encoding.Ids.Length).SequenceEqual(Numbers(mask))) mismatches.Add($"{name}: mask");
        }

        Assert.Equal(expectedMasks, masks);
        GoldenRows.AssertAll(expectedRows, rows.Count, mismatches);
    }

    [Fact]
    public void A_mask_ends_with_the_tokens_that_are_left()
    {
        var tokenizer = TokenizerGoldens.Load("smollm2");
        var count = 0;
        foreach (var row in GoldenRows.Lines(Goldens.Path("templates/masks_padding_truncation.jsonl")))
        {
            // Padding is not offered: of a padded batch the rows without their pads are compared.
            var padded = row["conversations"]?.AsArray();
            var conversations = padded?.Select(name => (string)name!).ToArray() ?? [(string)row["conversation"]!];
            for (var i = 0; i < conversations.Length; i++)
            {
                count++;
                var chat = GoldenChats.Render(new JsonObject { ["template"] = (string)row["template"]!, ["conversation"] = conversations[i] });
                var encoding = tokenizer.Encode(chat.Text, addSpecialTokens: false);
                var ids = Unpadded(row, "ids", padded is null ? null : i);
                Assert.Equal(ids, encoding.Ids[..ids.Length]);
                Assert.Equal(Unpadded(row, "assistant_masks", padded is null ? null : i), Mask(chat, encoding, ids.Length));
            }
        }

        Assert.Equal(10, count);
    }

    // From the token that holds a span's first character to the one that holds its last, of the tokens that are left. A
    // span whose first character has no token ends the search.
    private static int[] Mask(RenderedChat chat, Encoding encoding, int length)
    {
        var mask = new int[length];
        foreach (var (start, end) in chat.GenerationSpans)
        {
            if (encoding.CharToToken(start) is not { } first || first >= length) break;
            var last = end > start ? encoding.CharToToken(end - 1) : null;
            for (var i = first; i <= (last is > 0 ? Math.Min(last.Value, length - 1) : length - 1); i++) mask[i] = 1;
        }

        return mask;
    }

    private static int[] Unpadded(JsonNode row, string key, int? index)
    {
        if (index is not { } i) return Numbers(row[key]!);
        var attention = Numbers(row["attention_mask"]![i]!);
        return [.. Numbers(row[key]![i]!).Where((_, position) => attention[position] == 1)];
    }

    private static int[] Numbers(JsonNode array) => [.. array.AsArray().Select(number => (int)number!)];
}
