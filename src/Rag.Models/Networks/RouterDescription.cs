namespace Rag.Models.Networks;

/// <summary>
/// How a token chooses its experts. Scores are taken of the logits; the best are chosen by score plus correction, within the
/// best groups where experts are grouped; the weight of a chosen one is its score without the correction.
/// </summary>
internal sealed record RouterDescription
{
    /// <summary>[experts, hidden].</summary>
    public required LinearDescription Logits { get; init; }

    public required RouterScore Score { get; init; }

    /// <summary>Experts that a token passes through.</summary>
    public required int Chosen { get; init; }

    /// <summary>[experts]; added for the choice alone.</summary>
    public Weight? Correction { get; init; }

    /// <summary>Equal groups that the experts fall into.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Groups from which experts may be chosen.</summary>
    public int ChosenGroups { get; init; } = 1;

    /// <summary>How many of a group's best scores are summed to rank it.</summary>
    public int GroupRankedBy { get; init; } = 1;

    /// <summary>Whether weights are divided by their sum.</summary>
    public bool Normalized { get; init; }

    /// <summary>What the weights are multiplied by in the end.</summary>
    public float Scale { get; init; } = 1;
}
