namespace Rag.Documents;

/// <summary>Finds what parts the columns: the sign that gives the same number of them in the most records, more columns winning a tie.</summary>
internal static class CsvDelimiter
{
    private const int SampleCharacters = 64 * 1024;
    private const int SampleRecords = 50;

    public static char Detect(string text, string extension)
    {
        string sample = text.Length <= SampleCharacters ? text : text[..SampleCharacters];
        char best = extension == ".tsv" ? '\t' : ',';
        double bestScore = 0;
        foreach (char candidate in ",;\t|")
        {
            double score = Score(sample, candidate);
            if (score > bestScore)
            {
                (best, bestScore) = (candidate, score);
            }
        }

        return best;
    }

    private static double Score(string sample, char delimiter)
    {
        var records = new CsvRecords(sample, delimiter, 1024);
        var counts = new List<int>();
        while (counts.Count < SampleRecords && records.Next() is { } record)
        {
            counts.Add(record.Count);
        }

        if (counts.Count == 0)
        {
            return 0;
        }

        // The commonest count of columns and how many records have it.
        IGrouping<int, int> usual = counts.GroupBy(count => count).OrderByDescending(group => group.Count()).ThenByDescending(group => group.Key).First();
        double share = (double)usual.Count() / counts.Count;
        return usual.Key < 2 ? 0 : share + (Math.Min(usual.Key, 20) * 0.01) - (counts.Count == 1 ? 0.1 : 0);
    }
}
