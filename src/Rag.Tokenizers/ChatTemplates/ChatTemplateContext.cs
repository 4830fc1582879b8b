namespace Rag.Tokenizers.ChatTemplates;

/// <summary>What a chat template may see besides the conversation.</summary>
public sealed class ChatTemplateContext
{
    /// <summary>Whether the prompt ends with the opening of the assistant's turn. Default true.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>
    /// Whether the prompt ends within the last message, directly behind what it says, so that a model goes on with it. Default
    /// false. White space at the message's end stays where the template keeps it.
    /// </summary>
    public bool ContinueFinalMessage { get; init; }

    /// <summary>The model's begin-of-text token; default empty.</summary>
    public string BosToken { get; init; } = "";

    /// <summary>The model's end-of-text token; default empty.</summary>
    public string EosToken { get; init; } = "";

    /// <summary>
    /// Further variables by name: null, bool, int, long, double, string, or lists and string-keyed dictionaries of these.
    /// Anything else is refused with <see cref="ArgumentException"/>: a template never reaches an object of the program.
    /// </summary>
    public IReadOnlyDictionary<string, object?> Extras { get; init; } = new Dictionary<string, object?>();

    /// <summary>The clock behind strftime_now, in its local time zone. Default <see cref="TimeProvider.System"/>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Steps after which rendering stops with <see cref="LimitExceededException"/>. Default one million.</summary>
    public int MaxSteps { get; init; } = 1_000_000;

    /// <summary>Characters of output after which rendering stops with <see cref="LimitExceededException"/>. Default 16 Mi.</summary>
    public int MaxOutputLength { get; init; } = 16 * 1024 * 1024;
}
