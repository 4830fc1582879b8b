using Rag.Models;
using Rag.Models.Packing;
using Rag.Runtime.Generation;
using Rag.Runtime.Sessions;
using Rag.Runtime.Sessions.Kernels;
using Rag.Tests.Support;

namespace Rag.Runtime.Tests.Sessions.Kernels;

/// <summary>What is chosen from what kernels take, and how that is remembered.</summary>
public sealed class KernelProbeTests : IDisposable
{
    private static readonly KernelShape Shape = new(256, 512, 8, 2, 64, 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static KernelChoice Run(ScriptedKernelTimer timer, KernelShape? shape = null) => new KernelProbe(timer, 4).Run(shape ?? Shape, CancellationToken.None);

    [Theory]
    [InlineData(1.1, 1, WeightPrecision.Int8)]
    [InlineData(1.5, 1, WeightPrecision.Int8Rows)]
    [InlineData(1.5, .7, WeightPrecision.Int8)]
    [InlineData(3, .7, WeightPrecision.Int8Rows)]
    [InlineData(3, .3, WeightPrecision.Int8)]
    [InlineData(.9, 1.5, WeightPrecision.Int8)]
    public void Run_ATypicalRequest_DecidesTheWeights(double prompt, double token, WeightPrecision expected) =>
        Assert.Equal(expected, Run(ScriptedKernelTimer.Of(prompt, token)).Weights);

    [Fact]
    public void Run_WeightsInFourBits_AreComparedAsTheyAre()
    {
        ScriptedKernelTimer timer = ScriptedKernelTimer.Of(2, 1);
        Assert.Equal(WeightPrecision.Int8Rows, Run(timer, Shape with { Blocks = ProductForm.FourBitBlocks }).Weights);
        Assert.Contains(timer.Works, work => work is ProductWork { Form: ProductForm.FourBitBlocks });
        Assert.DoesNotContain(timer.Works, work => work is ProductWork { Form: ProductForm.EightBitBlocks });
    }

    [Theory]
    [InlineData(1, 1, int.MaxValue)]
    [InlineData(1, 2, 2048)]
    [InlineData(2, 2, 512)]
    [InlineData(2, 1, int.MaxValue)]
    public void Run_GainOfPlainProducts_DecidesFromWhichLengthTheyAreTaken(double atShort, double atLong, int expected) =>
        Assert.Equal(expected, Run(ScriptedKernelTimer.Of(1, 1, length => length < 1000 ? atShort : atLong)).OneTokenFrom);

    // Seconds by threads: as many as processors, half, a quarter, one.
    [Theory]
    [InlineData(16, 16, 1, 2, 4, 16)]
    [InlineData(16, 8, 1.2, 1, 2, 8)]
    [InlineData(16, 16, 1.05, 1, 2, 4)]
    [InlineData(16, 4, 2, 1.5, 1, 4)]
    [InlineData(16, 1, 4, 3, 2, .5)]
    [InlineData(2, 2, 1, 2, 2, 2)]
    [InlineData(2, 1, 1.2, 1, 1, 1)]
    [InlineData(1, 1, 1, 1, 1, 1)]
    public void Run_ThreadsLeftOpen_AreTheDefaultUnlessFewerAreClearlyFaster(int processors, int expected, double all, double half, double quarter, double one)
    {
        int found = new KernelProbe(
            new ScriptedKernelTimer(work => work.Rows * (work.Shape.Threads == processors ? all : work.Shape.Threads == processors / 2 ? half : work.Shape.Threads == processors / 4 ? quarter : one)), processors)
            .Run(Shape with { Threads = 0 }, CancellationToken.None).Threads;
        Assert.Equal(expected, found);
    }

    [Fact]
    public void Run_FasterByTheMedianAlone_LeavesTheDefault()
    {
        // Other work holds up two threads more than one, and may hold up anything; the best runs show what the machine can.
        KernelChoice choice = Run(
            new ScriptedKernelTimer(work => work.Rows * work.Shape.Threads * (work is ProductWork { Form: ProductForm.EightBitRows } ? .1 : 1)) { Best = work => (double)work.Rows / work.Shape.Threads },
            Shape with { Threads = 0 });
        Assert.Equal((4, WeightPrecision.Int8), (choice.Threads, choice.Weights));
    }

    [Fact]
    public void Run_MachineWithOtherWork_LeavesThreadsAndPieces()
    {
        // One thread and pieces of 512 look twice as fast by all measures, but what they are compared with is held up now and then.
        ScriptedKernelTimer Timer(double best) => new(Seconds) { Best = work => best * Seconds(work) };
        Assert.Equal((1, 512), Found(Timer(.9)));
        Assert.Equal((4, KernelProbe.DefaultChunk), Found(Timer(.5)));

        static double Seconds(KernelWork work) => work.Rows * (work.Shape.Threads == 1 ? 1 : 2) * (work.Rows == 512 ? .5 : 1);
        static (int Threads, int Chunk) Found(ScriptedKernelTimer timer) => Run(timer, Shape with { Threads = 0 }) is var choice ? (choice.Threads, choice.PrefillChunk) : default;
    }

    [Fact]
    public void Run_ThreadsThatWereChosen_AreNotTimed()
    {
        ScriptedKernelTimer timer = new(work => work.Shape.Threads == 3 ? 1 : .1);
        Assert.Equal(3, Run(timer, Shape with { Threads = 3 }).Threads);
        Assert.All(timer.Works, work => Assert.Equal(3, work.Shape.Threads));
    }

    [Theory]
    [InlineData(256, 1, 1, 1, 1)]
    [InlineData(512, 1, 1, .8, .81)]
    [InlineData(1024, 1, 1, .9, .7)]
    [InlineData(128, .8, 1, 1, 1)]
    [InlineData(256, .95, 1, .95, .93)]
    public void Run_PiecesOfAPrompt_AreTheDefaultUnlessOthersAreClearlyFaster(int expected, double of128, double of256, double of512, double of1024)
    {
        double Token(int rows) => rows switch { 128 => of128, 256 => of256, 512 => of512, _ => of1024 };
        Assert.Equal(expected, Run(new ScriptedKernelTimer(work => work.Rows * Token(work.Rows))).PrefillChunk);
    }

    [Fact]
    public void Run_AttentionThatGrowsWithThePiece_CountsAgainstIt() =>
        Assert.Equal(128, Run(new ScriptedKernelTimer(work => work is AttentionWork ? work.Rows * work.Rows : work.Rows)).PrefillChunk);

    [Fact]
    public void Run_NoTime_LeavesEveryDefault()
    {
        KernelChoice choice = new KernelProbe(new ScriptedKernelTimer(_ => 0), 8).Run(Shape with { Threads = 0 }, CancellationToken.None);
        Assert.Equal(KernelChoice.Untimed with { Threads = 8 }, choice);
        Assert.Null(choice.Notice);
    }

    [Fact]
    public void Run_Cancelled_Ends() =>
        Assert.Throws<OperationCanceledException>(() => new KernelProbe(ScriptedKernelTimer.Of(1, 1), 2).Run(Shape, new CancellationToken(canceled: true)));

    [Fact]
    public void Run_OnThisMachine_TimesAllForms()
    {
        foreach (ProductForm form in new[] { ProductForm.EightBitBlocks, ProductForm.FourBitBlocks })
        {
            KernelChoice choice = new KernelProbe(new OnnxKernelTimer(TimeProvider.System, TimeSpan.FromSeconds(60)), 2).Run(Shape with { Threads = 0, Blocks = form }, CancellationToken.None);
            Assert.InRange(choice.PromptRatio, 1e-3, 1e3);
            Assert.InRange(choice.TokenRatio, 1e-3, 1e3);
            Assert.InRange(choice.Threads, 1, 2);
            Assert.NotNull(choice.Notice);
        }
    }

    [Fact]
    public void InTurns_NoTimeLeft_IsNothing()
    {
        ManualTime time = new();
        OnnxKernelTimer timer = new(time, TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(timer.InTurns([new ProductWork(Shape, 1, ProductForm.EightBitBlocks)], CancellationToken.None));
    }

    [Fact]
    public void Find_WhatWasKept_IsFoundUnderItsKeyAlone()
    {
        KernelChoiceCache cache = new(_folder.FolderPath);
        (KernelChoice first, KernelChoice second) = (new(WeightPrecision.Int8Rows, 512, 2.5, .75, 1.5, 2, 512), new(WeightPrecision.Int8, int.MaxValue, 1.1, 1, 1.1, 8, 128));
        cache.Keep("one", first);
        cache.Keep("two", second);
        Assert.Equal(first, new KernelChoiceCache(_folder.FolderPath).Find("one"));
        Assert.Equal(second, cache.Find("two"));
        Assert.Null(cache.Find("three"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[1]")]
    [InlineData("{\"one\": 3}")]
    [InlineData("{\"one\": {\"weights\": \"Single\", \"one_token_from\": 1, \"prompt_ratio\": 1, \"token_ratio\": 1, \"request_ratio\": 1, \"threads\": 1, \"prefill_chunk\": 256}}")]
    [InlineData("{\"one\": {\"weights\": \"Int8\", \"one_token_from\": -1, \"prompt_ratio\": 1, \"token_ratio\": 1, \"request_ratio\": 1, \"threads\": 1, \"prefill_chunk\": 256}}")]
    [InlineData("{\"one\": {\"weights\": \"Int8\", \"one_token_from\": 1e99, \"prompt_ratio\": 1, \"token_ratio\": 1, \"request_ratio\": 1, \"threads\": 1, \"prefill_chunk\": 256}}")]
    [InlineData("{\"one\": {\"weights\": 4, \"one_token_from\": 1, \"prompt_ratio\": \"x\", \"token_ratio\": 1, \"request_ratio\": 1, \"threads\": 1, \"prefill_chunk\": 256}}")]
    [InlineData("{\"one\": {\"weights\": \"Int8\", \"one_token_from\": 1, \"prompt_ratio\": 1, \"token_ratio\": 1, \"request_ratio\": 1, \"threads\": 0, \"prefill_chunk\": 256}}")]
    [InlineData("{\"one\": {\"weights\": \"Int8\", \"one_token_from\": 1, \"prompt_ratio\": 1, \"token_ratio\": 1, \"request_ratio\": 1, \"threads\": 1, \"prefill_chunk\": 1000000}}")]
    [InlineData("{\"one\": {\"weights\": \"Int8\", \"one_token_from\": 1}, \"one\": 2}")]
    [InlineData("{\"one\": {\"weights\": \"Int8\", \"weights\": \"Int8\"}}")]
    public void Find_DamagedOrForeignFile_IsNotFoundAndReplaced(string content)
    {
        File.WriteAllText(_folder.File("rag-kernels.json"), content);
        KernelChoiceCache cache = new(_folder.FolderPath);
        Assert.Null(cache.Find("one"));
        KernelChoice choice = new(WeightPrecision.Int8, 512, 1, 1, 1, 4, 256);
        cache.Keep("one", choice);
        Assert.Equal(choice, cache.Find("one"));
    }

    [Fact]
    public void Load_ChoiceLeftOpen_IsTimedOnceAndRemembered()
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("fixtures", "models", "llama_gqa"));
        ScriptedKernelTimer timer = ScriptedKernelTimer.Of(1.1, 1);
        RuntimeOptions options = new() { Threads = 1, Weights = WeightPrecision.Auto, CacheDirectory = _folder.FolderPath, KernelTimer = timer };
        using (OnnxDecoderModel first = OnnxDecoderModel.Load(folder, options))
        {
            Assert.Equal(WeightPrecision.Int8, first.Weights);
            Assert.Contains("1.1 times", first.KernelsNotice, StringComparison.Ordinal);
        }

        int calls = timer.Works.Count;
        using OnnxDecoderModel second = OnnxDecoderModel.Load(folder, options);
        Assert.Equal((WeightPrecision.Int8, calls), (second.Weights, timer.Works.Count));
    }

    [Fact]
    public void Load_PiecesAndThreadsLeftOpen_AreThoseFound()
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("fixtures", "models", "llama_gqa"));
        ScriptedKernelTimer timer = new(work => (work.Rows / 4.0) * (work.Rows > 256 ? 2 : work.Rows == 128 ? .5 : 1) * work.Shape.Threads);
        RuntimeOptions open = new() { Weights = WeightPrecision.Int8, CacheDirectory = _folder.FolderPath, KernelTimer = timer };
        using (OnnxDecoderModel model = OnnxDecoderModel.Load(folder, open))
        {
            Assert.Equal((128, 1), (model.PrefillChunk, model.Options.Threads));
            Assert.Equal(128, new LocalModelOptions { Runtime = open }.For(model).PrefillTokensPerRound);
            Assert.Equal(64, new LocalModelOptions { Runtime = open, PrefillTokensPerRound = 64 }.For(model).PrefillTokensPerRound);
        }

        RuntimeOptions chosen = new() { Threads = 2, PrefillChunk = 100, Weights = WeightPrecision.Int8, CacheDirectory = _folder.FolderPath, KernelTimer = timer };
        using OnnxDecoderModel other = OnnxDecoderModel.Load(folder, chosen);
        Assert.Equal((100, 2), (other.PrefillChunk, other.Options.Threads));
    }

    [Theory]
    [InlineData("llama_gqa", false)]
    [InlineData("llama_gptq_int4", true)]
    [InlineData("llama_awq_int4", true)]
    [InlineData("llama_gptq_actorder", false)]
    public void Load_StoredForm_IsTheOneThatRowsAreComparedWith(string name, bool fourBits)
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("fixtures", "models", name));
        ScriptedKernelTimer timer = ScriptedKernelTimer.Of(1, 1);
        using OnnxDecoderModel model = OnnxDecoderModel.Load(folder, new RuntimeOptions { Threads = 1, Weights = WeightPrecision.Auto, CacheDirectory = _folder.FolderPath, KernelTimer = timer });
        Assert.Equal(fourBits ? ProductForm.FourBitBlocks : ProductForm.EightBitBlocks, Assert.IsType<ProductWork>(timer.Works[0]).Form);
    }

    [Theory]
    [InlineData(WeightPrecision.Int8)]
    [InlineData(WeightPrecision.Int4)]
    [InlineData(WeightPrecision.Single)]
    public void Load_ChoiceMade_IsNeverChanged(WeightPrecision asked)
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("fixtures", "models", "llama_gqa"));
        RuntimeOptions options = new() { Threads = 1, Weights = asked, CacheDirectory = _folder.FolderPath, KernelTimer = ScriptedKernelTimer.Of(9, 9, _ => 9) };
        using OnnxDecoderModel model = OnnxDecoderModel.Load(folder, options);
        Assert.Equal(asked, model.Weights);
    }

    [Fact]
    public void Load_ProbeSwitchedOff_TimesNothing()
    {
        ModelFolder folder = ModelFolder.Open(SharedData.Require("fixtures", "models", "llama_gqa"));
        ScriptedKernelTimer timer = ScriptedKernelTimer.Of(3, 1);
        RuntimeOptions options = new() { Threads = 1, Weights = WeightPrecision.Auto, CacheDirectory = _folder.FolderPath, KernelTimer = timer, ProbeKernels = false };
        using OnnxDecoderModel model = OnnxDecoderModel.Load(folder, options);
        Assert.Equal((WeightPrecision.Int8, 0, null), (model.Weights, timer.Works.Count, model.KernelsNotice));
    }
}
