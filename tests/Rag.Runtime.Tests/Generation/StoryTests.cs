using System.Text;
using Rag.Models;
using Rag.Runtime.Generation;
using Rag.Runtime.Generation.Sampling;
using Rag.Runtime.Generation.Speculation;
using Rag.Runtime.Sessions;
using Rag.Runtime.Tests.Generation.Speculation;
using Rag.Tests.Support;
using Rag.Tokenizers;

namespace Rag.Runtime.Tests.Generation;

/// <summary>A real trained model tells the story that llama2.c's run tells.</summary>
public sealed class StoryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Stories260K_Greedy_TellsTheReferenceStory(bool guesses)
    {
        string source = SharedData.Require("data", "models", "stories260K");
        string expected = File.ReadAllText(Path.Combine(source, "expected-greedy-200.txt"));
        using TemporaryFolder folder = new();
        Llama2cModel.Convert(Path.Combine(source, "stories260K.bin"), Path.Combine(source, "tok512.bin"), folder.FolderPath);
        ModelFolder model = ModelFolder.Open(folder.FolderPath);
        Tokenizer tokenizer = Tokenizer.Load(folder.FolderPath);
        using OnnxDecoderModel decoder = OnnxDecoderModel.Load(model, new RuntimeOptions { Threads = 1 });
        using CachedSession session = new(decoder.CreateSession());

        // The reference starts from the begin token alone and prints 200 tokens and a line break.
        GenerationRequest request = new([model.Generation.BosTokenId!.Value], 200, new SamplingOptions(), 0, []);
        HashSet<int> stops = [1, 2];
        using SpeculationShare share = Shares.Of(new SpeculationOptions());
        SpeculativeRun? run = guesses ? share.Begin(session, 1, 200, stops, null) : null;
        using TextGeneration generation = new(session, request, stops, tokenizer, speculation: run);
        StringBuilder story = new();
        while (!generation.HasEnded)
        {
            story.Append(generation.Next(default));
        }

        Assert.Equal(expected.TrimEnd('\n'), story.ToString().TrimEnd('\n'));
        Assert.Equal(200, generation.GeneratedTokens);
        Assert.Equal(guesses, share.Usage.AcceptedTokens > 20);

        // What it told is text that its own tokenizer gives back.
        List<int> ids = [];
        tokenizer.Encode(story.ToString(), ids, new EncodeOptions { AddSpecialTokens = false });
        Assert.Equal(story.ToString(), tokenizer.Decode([.. ids]));
    }
}
