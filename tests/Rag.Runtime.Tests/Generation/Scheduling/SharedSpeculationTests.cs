using Microsoft.Extensions.AI;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Constraints;
using Rag.Runtime.Generation.Speculation;
using Rag.Runtime.Tests.Generation.Speculation;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Generation.Scheduling;

/// <summary>Requests that guess ahead while they are alone, share steps when others come, and guess again when those have gone.</summary>
public sealed class SharedSpeculationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answers_are_what_they_are_without_guesses_and_alone(bool model)
    {
        string large = _folder.File("large");
        TinyChatModel.Write(large, seed: 1);
        TinyChatModel.Write(_folder.File("small"), seed: 1);
        ChatOptions[] options = [.. Enumerable.Range(0, 16).Select(Options)];
        using LocalChatClient plain = LocalChatClient.Load(large, new LocalModelOptions { Speculation = { Mode = SpeculationMode.None }, MaxConcurrentRequests = 1 });
        List<string> expected = [];
        for (int i = 0; i < options.Length; i++)
        {
            expected.Add((await plain.GetResponseAsync(Question(i), options[i])).Text);
        }

        LocalModelOptions guessing = new() { MaxConcurrentRequests = 3, Speculation = { DraftModel = model ? _folder.File("small") : null } };
        using LocalChatClient client = LocalChatClient.Load(large, guessing, new ManualTime());
        Shares.Free(client.Speculation);

        // One after the other fills what is learnt from, then some at a time: each is alone at first or at last.
        Assert.Equal(expected[0], (await client.GetResponseAsync(Question(0), options[0])).Text);
        for (int round = 0; round < 3; round++)
        {
            string[] given = await Task.WhenAll(options.Select(async (one, i) =>
            {
                await Task.Delay(i * round);
                return (await client.GetResponseAsync(Question(i), one)).Text;
            }));
            Assert.Equal(expected, given);
        }

        Assert.True(client.GetService<SpeculationUsage>()!.AcceptedTokens > 0);
        Assert.True(client.GetService<LocalModelUsage>()!.DecodedTokens > client.GetService<LocalModelUsage>()!.DecodeSteps);
    }

    private static string Question(int i) => string.Concat(Enumerable.Repeat("what is it ", 1 + (i % 5)));

    private static ChatOptions Options(int i)
    {
        ChatOptions options = new() { MaxOutputTokens = 10 + (5 * (i % 7)), Temperature = i % 3 == 0 ? 0 : 1, Seed = i };
        return i % 4 == 1 ? options.WithConstraint(TextConstraint.FromRegex("(always the same words|[a-z]{3,9} )+")) : options;
    }
}
