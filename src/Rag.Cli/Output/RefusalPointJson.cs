using Rag.Evaluation.Answers;

namespace Rag.Cli.Output;

/// <summary>What another threshold would refuse, in <c>rag eval answers --json</c>.</summary>
internal sealed record RefusalPointJson(double Allowed, double Threshold, double WronglyRefused, double RefusedWithoutArticle, double? RefusedUnanswerable)
{
    public static RefusalPointJson From(RefusalPoint point) => new(
        point.Allowed,
        Math.Round(point.Threshold, 4),
        Math.Round(point.WronglyRefused, 4),
        Math.Round(point.RefusedWithoutArticle, 4),
        point.RefusedUnanswerable is { } refused ? Math.Round(refused, 4) : null);
}
