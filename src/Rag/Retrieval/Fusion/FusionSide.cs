namespace Rag.Retrieval;

/// <summary>What one side of the search says of the candidates of both.</summary>
public sealed record FusionSide
{
    /// <summary>
    /// Score of each candidate: its true score wherever it can be had, else the last score of the side's list. (A floor
    /// instead lost 67 % on a collection where one side is useless.)
    /// </summary>
    public required IReadOnlyList<float> Scores { get; init; }

    /// <summary>Place of each candidate in the side's list, from 1; 0 where it is not in it.</summary>
    public required IReadOnlyList<int> Ranks { get; init; }

    /// <summary>The side's best score over the whole index; 0 where it found nothing.</summary>
    public required double Best { get; init; }

    /// <summary>The side's 10th score over the whole index, or its last where the index has fewer chunks.</summary>
    public required double Tenth { get; init; }

    /// <summary>Population standard deviation of the side's scores over the whole index; null where the store cannot tell.</summary>
    public double? StandardDeviation { get; init; }

    /// <summary>Whether the side found anything.</summary>
    public required bool HasResults { get; init; }
}
