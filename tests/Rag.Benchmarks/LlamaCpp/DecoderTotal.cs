using System.Globalization;

namespace Rag.Benchmarks.LlamaCpp;

/// <summary>The best that one engine showed.</summary>
internal sealed class DecoderTotal(string name)
{
    private readonly SortedDictionary<int, double> _prompts = [];
    private readonly SortedDictionary<int, double> _answers = [];
    private double _more = double.MaxValue;
    private double _cold = double.MaxValue;
    private double _restart = double.MaxValue;

    public void Prompt(int tokens, double seconds) => _prompts[tokens] = Math.Max(_prompts.GetValueOrDefault(tokens), tokens / seconds);

    public void Answer(int kept, int tokens, double seconds) => _answers[kept] = Math.Max(_answers.GetValueOrDefault(kept), tokens / seconds);

    /// <param name="more">Seconds for the tokens behind those that are known.</param>
    /// <param name="cold">Seconds for those that are known.</param>
    public void FollowUp(double more, double cold) => (_more, _cold) = (Math.Min(_more, more), Math.Min(_cold, cold));

    /// <param name="seconds">Seconds for the same from a saved prefix.</param>
    public void Restart(double seconds) => _restart = Math.Min(_restart, seconds);

    /// <summary>Prints the table; the first engines are the peers, of which the better one at each place counts.</summary>
    public static void Print(DecoderTotal[] totals, int peers)
    {
        int[] prompts = [.. totals[0]._prompts.Keys];
        int[] answers = [.. totals[0]._answers.Keys];
        Console.WriteLine($"| tokens/s | {string.Join(" | ", prompts.Select(p => $"prompt of {p}"))} | {string.Join(" | ", answers.Select(a => $"answer at {a}"))} | 40 more after 2,000, ms | of cold | after a restart, ms | of cold |");
        Console.WriteLine("|---|" + string.Concat(Enumerable.Repeat("--:|", prompts.Length + answers.Length + 4)));
        foreach (DecoderTotal total in totals)
        {
            IEnumerable<string> cells = [.. prompts.Select(p => Cell(totals, peers, each => each._prompts[p], total)), .. answers.Select(a => Cell(totals, peers, each => each._answers[a], total))];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {total} | {string.Join(" | ", cells)} | {total._more * 1000:f0} | {total._more / (total._cold + total._more):p1} | {(total._restart < double.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"{total._restart * 1000:f0} | {total._restart / (total._cold + total._more):p1}") : "|")} |"));
        }
    }

    public override string ToString() => name;

    // Of a peer the number alone, of others the ratio to the better peer (to the first of them where there is none).
    private static string Cell(DecoderTotal[] totals, int peers, Func<DecoderTotal, double> value, DecoderTotal total)
    {
        double reference = peers > 0 ? totals.Take(peers).Max(value) : value(totals[0]);
        return Array.IndexOf(totals, total) < peers
            ? value(total).ToString("f1", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{value(total):f1} ({value(total) / reference:f2})");
    }
}
