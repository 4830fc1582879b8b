namespace Rag.Runtime.Generation.Sampling.Rules;

/// <summary>Checks the token ids that options hold against the model's vocabulary.</summary>
internal static class TokenIds
{
    /// <exception cref="ArgumentOutOfRangeException">One is not in the vocabulary; the message names the option.</exception>
    public static void Check(SamplingOptions options, int vocabularySize)
    {
        Require(nameof(options.LogitBias), options.LogitBias.Keys);
        Require(nameof(options.SequenceBias), options.SequenceBias.SelectMany(bias => bias.Tokens));
        Require(nameof(options.BadWords), options.BadWords.SelectMany(word => word));
        Require(nameof(options.AllowedTokens), options.AllowedTokens);
        Require(nameof(options.ForcedStartToken), options.ForcedStartToken is { } id ? [id] : []);
        Require(nameof(options.ForcedEndTokens), options.ForcedEndTokens);
        Require(nameof(options.SuppressTokens), options.SuppressTokens);
        Require(nameof(options.BeginSuppressTokens), options.BeginSuppressTokens);
        Require(nameof(options.DryBreakers), options.DryBreakers);

        void Require(string name, IEnumerable<int> ids)
        {
            foreach (int id in ids)
            {
                if ((uint)id >= (uint)vocabularySize)
                {
                    throw new ArgumentOutOfRangeException(name, id, $"{name} names the token {id}, which is none of the model's {vocabularySize}.");
                }
            }
        }
    }
}
