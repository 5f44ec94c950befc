using System.CommandLine;
using Attune.Models.Generation;

namespace Attune.Cli.Options;

/// <summary>The words that say how text is generated, the same for every verb that does.</summary>
internal sealed class SamplingArguments
{
    private readonly Option<int> _maxNewTokens;
    private readonly Option<double> _temperature = new("--temperature") { HelpName = "x", Description = "Divides the logits; 0 takes the most likely token", DefaultValueFactory = _ => 0 };
    private readonly Option<int> _topK = new("--top-k") { HelpName = "n", Description = "Keep the k most likely tokens; 0 keeps all", DefaultValueFactory = _ => 0 };
    private readonly Option<double> _topP = new("--top-p") { HelpName = "p", Description = "Keep the most likely tokens that reach this probability together", DefaultValueFactory = _ => 1 };
    private readonly Option<double> _minP = new("--min-p") { HelpName = "p", Description = "Keep tokens with this share of the best one's probability", DefaultValueFactory = _ => 0 };
    private readonly Option<double> _repetition = new("--repetition-penalty") { HelpName = "x", Description = "Above 1 makes tokens of prompt and output less likely", DefaultValueFactory = _ => 1 };
    private readonly Option<double> _presence = new("--presence-penalty") { HelpName = "x", Description = "Subtracted from the logit of every token of the output", DefaultValueFactory = _ => 0 };
    private readonly Option<double> _frequency = new("--frequency-penalty") { HelpName = "x", Description = "Subtracted as often as the output holds the token", DefaultValueFactory = _ => 0 };
    private readonly Option<long> _seed = new("--seed") { HelpName = "n", Description = "Same seed, same text", DefaultValueFactory = _ => 42 };
    private readonly Option<string[]> _stop = new("--stop") { HelpName = "text", Description = "Stop before this text; may be given several times" };

    /// <summary>Adds the words to a command.</summary>
    public SamplingArguments(Command command, int maxNewTokens)
    {
        _maxNewTokens = new("--max-new-tokens") { HelpName = "n", Description = "At most this many tokens", DefaultValueFactory = _ => maxNewTokens };
        _maxNewTokens.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out var value) && value < 1)
                result.AddError($"--max-new-tokens is {value}; expected at least 1.");
        });
        foreach (Option option in new Option[] { _maxNewTokens, _temperature, _topK, _topP, _minP, _repetition, _presence, _frequency, _seed, _stop })
            command.Options.Add(option);
    }

    /// <summary>What the command line says, as a request that still lacks its prompt and the model's end tokens.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Usage"/>: a value out of its range.</exception>
    public GenerationRequest Request(ParseResult parsed)
    {
        var sampling = new SamplingOptions
        {
            Temperature = parsed.GetValue(_temperature),
            TopK = parsed.GetValue(_topK),
            TopP = parsed.GetValue(_topP),
            MinP = parsed.GetValue(_minP),
            RepetitionPenalty = parsed.GetValue(_repetition),
            PresencePenalty = parsed.GetValue(_presence),
            FrequencyPenalty = parsed.GetValue(_frequency),
            Seed = parsed.GetValue(_seed),
        };
        sampling.Validate();
        return new GenerationRequest([])
        {
            Sampling = sampling, MaxNewTokens = parsed.GetValue(_maxNewTokens), StopStrings = parsed.GetValue(_stop) ?? [],
        };
    }
}
