namespace Rag.Runtime.Generation.Speculation;

/// <summary>What guesses how an answer goes on, so that several tokens are checked in one step.</summary>
public enum SpeculationMode
{
    /// <summary>Nothing: one step for each token.</summary>
    None,

    /// <summary>What followed the last tokens where they stood before, in the prompt or the answer.</summary>
    PromptLookup,

    /// <summary>Prompt lookup, what a constraint forces, and as far as the options say so what was answered before and a draft model.</summary>
    Auto,
}
