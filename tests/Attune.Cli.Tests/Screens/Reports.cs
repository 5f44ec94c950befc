using Attune.Training.Loop;

namespace Attune.Cli.Tests.Screens;

/// <summary>A run's reports with made-up numbers, and a clock that a test moves.</summary>
internal static class Reports
{
    public const string Folder = "runs/2026-11-25-0900-support";

    public static RunArithmetic Arithmetic { get; } = new()
    {
        RunFolder = Folder, Examples = 1000, ValidationExamples = 60, Epochs = 3, EffectiveBatch = 16, TotalSteps = 189, FirstStep = 1,
        TrainableParameters = 4_884_480, AllParameters = 139_400_000, EstimatedMemory = 2_460_000_000,
    };

    public static TrainingResult Result { get; } = new()
    {
        Reason = StopReason.Finished, Step = 189, BestStep = 171, BestLoss = 0.08125, Tokens = 192_512, Time = TimeSpan.FromSeconds(433), PeakMemory = 2_310_000_000,
    };

    public static StepReport Step(int step, double loss = 2.3456) =>
        new(step, step / 63.0, loss, step == 1 ? 0 : 2e-4, 1.25, Tokens: 1024, LabelTokens: 96, Seconds: 2, ResidentMemory: 1_870_000_000);

    public static EvaluationReport Evaluation(int step, double loss, bool isBest, string answer = "card_arrival") =>
        new(step, step / 63.0, loss, 3, isBest, new GeneratedSample("What does this customer want?\n\nWhere is my [new] card?", answer));

    internal sealed class Clock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _now;

        public void Advance(int seconds) => _now += seconds;
    }
}
