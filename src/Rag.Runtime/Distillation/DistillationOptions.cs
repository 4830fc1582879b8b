using Rag.Runtime.Sessions;

namespace Rag.Runtime.Distillation;

/// <summary>How <see cref="EmbeddingDistiller"/> makes a table. The defaults are those that the starter encoder was made with.</summary>
public sealed class DistillationOptions
{
    /// <summary>Length of a row; at most the width of the encoder.</summary>
    /// <value>The default value is 256.</value>
    public int Dimensions { get; set; } = 256;

    /// <summary>Passes over the texts after the closed-form fit; 0 leaves that as it is.</summary>
    /// <value>The default value is 24.</value>
    public int Epochs { get; set; } = 24;

    /// <summary>Texts that are compared with each other in one step of training.</summary>
    /// <value>The default value is 384.</value>
    public int BatchSize { get; set; } = 384;

    /// <summary>Adam's step size at the start; it falls to nothing in a straight line.</summary>
    /// <value>The default value is 0.002.</value>
    public float LearningRate { get; set; } = 2e-3f;

    /// <summary>What similarities are divided by before the softmax that is compared with the encoder's.</summary>
    /// <value>The default value is 0.1.</value>
    public float Temperature { get; set; } = .1f;

    /// <summary>The constant a of the weight a / (a + p) of a token with probability p.</summary>
    /// <value>The default value is 0.0001.</value>
    public double FrequencyWeight { get; set; } = 1e-4;

    /// <summary>The ridge of the closed-form fit, in shares of the mean variance of one direction.</summary>
    /// <value>The default value is 0.01.</value>
    public double Ridge { get; set; } = .01;

    /// <summary>Tokens of a text, special tokens included, after which both models cut it; fewer where the encoder says so.</summary>
    /// <value>The default value is 256.</value>
    public int MaxTokens { get; set; } = 256;

    /// <summary>Texts at most; more are refused, not passed over.</summary>
    /// <value>The default value is 1,000,000.</value>
    public int MaxTexts { get; set; } = 1_000_000;

    /// <summary>Decides the order of the texts in training. The same seed gives the same table, however many threads work.</summary>
    /// <value>The default value is 1.</value>
    public int Seed { get; set; } = 1;

    /// <summary>The name of the encoder that the table records; by default its name on the hub, else its folder's.</summary>
    public string? ModelName { get; set; }

    /// <summary>How the encoder runs; its threads are also those of the training.</summary>
    public RuntimeOptions Runtime { get; set; } = new();

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Epochs);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 2);
        Require(float.IsFinite(LearningRate) && LearningRate > 0, nameof(LearningRate));
        Require(float.IsFinite(Temperature) && Temperature > 0, nameof(Temperature));
        Require(double.IsFinite(FrequencyWeight) && FrequencyWeight > 0, nameof(FrequencyWeight));
        Require(double.IsFinite(Ridge) && Ridge > 0, nameof(Ridge));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTokens, 8);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTexts, 1);
        ArgumentNullException.ThrowIfNull(Runtime);
        Runtime.Validate();
    }

    private static void Require(bool holds, string option)
    {
        if (!holds)
        {
            throw new ArgumentException($"{option} must be a finite number above 0.");
        }
    }
}
