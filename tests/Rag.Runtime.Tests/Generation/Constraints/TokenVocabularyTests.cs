using System.Text.Json;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Constraints.Tokens;
using Rag.Tests.Support;
using Rag.Tokenizers;

namespace Rag.Runtime.Tests.Generation.Constraints;

/// <summary>Real vocabularies: what masks allow decodes to what was asked for, whatever way the vocabulary spells bytes.</summary>
public sealed class TokenVocabularyTests
{
    [Theory]
    [InlineData("gpt2/tokenizer.json")]
    [InlineData("smollm-360m/tokenizer.json")]
    [InlineData("phi-3-mini/tokenizer.json")]
    [InlineData("qwen2.5/qwen.tiktoken")]
    public void Random_walks_decode_to_texts_of_the_constraint(string file)
    {
        string path = SharedData.Require("data", "tokenizers", file);
        Tokenizer tokenizer = path.EndsWith(".json", StringComparison.Ordinal) ? Tokenizer.Load(path) : Tokenizer.LoadTiktoken(path, new TiktokenOptions { Pattern = TiktokenOptions.QwenPattern });
        int end = tokenizer.VocabularySize;
        TokenVocabulary vocabulary = TokenVocabulary.Of(tokenizer, end + 1, new HashSet<int> { end }, new HashSet<int>());
        TextConstraint[] constraints =
        [
            TextConstraint.FromRegex("[ a-z가-힣😀]{1,12}(, ?[A-Z]\\w{0,9}){1,3}"),
            TextConstraint.FromJsonSchema(JsonDocument.Parse("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"maxLength\":20},\"b\":{\"type\":\"array\",\"items\":{\"type\":\"number\"},\"maxItems\":3}},\"required\":[\"a\",\"b\"],\"additionalProperties\":false}").RootElement),
        ];
        foreach (TextConstraint constraint in constraints)
        {
            TokenMasks masks = new(vocabulary);
            Random random = new(7);
            for (int output = 0; output < 3; output++)
            {
                TokenMatcher matcher = new(constraint, masks);
                List<int> ids = [];
                for (int left = 120; ; left--)
                {
                    TokenMask mask = matcher.Mask();
                    int[] allowed = [.. Enumerable.Range(0, vocabulary.Size).Where(id => mask[id])];
                    int chosen = matcher.Settle(allowed[random.Next(allowed.Length)], left);
                    if (chosen == end)
                    {
                        break;
                    }

                    Assert.True(matcher.TryAdvance(chosen));
                    ids.Add(chosen);
                }

                string text = tokenizer.Decode([.. ids]);
                Assert.True(constraint.IsMatch(text), text);
            }
        }
    }
}
