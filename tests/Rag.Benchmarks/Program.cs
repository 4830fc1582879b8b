using System.Globalization;
using Rag.Benchmarks.Constraints;
using Rag.Benchmarks.Decoders;
using Rag.Benchmarks.Encoders;
using Rag.Benchmarks.Kernels;
using Rag.Benchmarks.Ingestion;
using Rag.Benchmarks.LlamaCpp;
using Rag.Benchmarks.Speculation;
using Rag.Benchmarks.Text;
using Rag.Benchmarks.Tokenizers;
using Rag.Benchmarks.Vectors;

// Built with the tests, run by hand. Each prints a table of ratios, since absolute numbers belong to one machine.
switch (args)
{
    case ["constraints", .. var rest]:
        ConstraintBenchmark.Run(rest);
        return 0;
    case ["decoders", .. var rest]:
        DecoderBenchmark.Run(rest);
        return 0;
    case ["concurrent", .. var rest]:
        await ConcurrentBenchmark.RunAsync(rest);
        return 0;
    case ["shared-steps", .. var rest]:
        SharedStepBenchmark.Run(rest);
        return 0;
    case ["follow-up", .. var rest]:
        FollowUpBenchmark.Run(rest);
        return 0;
    case ["speculation", .. var rest]:
        SpeculationBenchmark.Run(rest);
        return 0;
    case ["drafts", .. var rest] when rest.Length >= 2:
        DraftSimulation.Run(rest);
        return 0;
    case ["kernels", .. var rest]:
        KernelBenchmark.Run(rest);
        return 0;
    case ["llama", .. var rest]:
        await LlamaCppBenchmark.RunAsync(rest);
        return 0;
    case ["encoders", .. var rest] when rest.Length >= 3:
        await EncoderBenchmark.RunAsync(rest);
        return 0;
    case ["ingest", .. var rest] when rest.Length >= 3:
        await IngestBenchmark.RunAsync(rest);
        return 0;
    case ["tokenizers", .. var rest] when rest.Length >= 3:
        await TokenizerBenchmark.RunAsync(rest);
        return 0;
    case ["text", var passages, var peer, .. var files] when files.Length > 0:
        await TextBenchmark.RunAsync(int.Parse(passages, CultureInfo.InvariantCulture), peer == "-" ? null : peer, files);
        return 0;
    case ["scopes", var passages, .. var files] when files.Length > 0:
        await ScopeBenchmark.RunAsync(int.Parse(passages, CultureInfo.InvariantCulture), files);
        return 0;
    case ["text-size", var corpus]:
        await SizeBenchmark.RunAsync(corpus);
        return 0;
    case ["vectors", .. var rest] when rest.Length >= 2:
        await VectorBenchmark.RunAsync(rest);
        return 0;
    default:
        Console.Error.WriteLine("""
            Usage: one of
            concurrent [FOLDER] [SHAPE] [THREADS] [PROMPT] [ANSWER] [ROUNDS] [TEMPERATURE]
            constraints [TOKENIZER]
            decoders [FOLDER] [SHAPE] [THREADS]
            drafts ANSWERS.jsonl TOKENIZER [PASSAGES]
            encoders MODEL CORPUS.jsonl.gz PEER_FOLDER [TEXTS] [TEXTS_PER_ROUND]
            follow-up [FOLDER] [SHAPE] [PRECISION] [THREADS] [ROUNDS]
            ingest MODEL SCIFACT_FOLDER WORK_FOLDER [PEER_FOLDER]
            kernels [ROUNDS] [THREADS]
            llama [FOLDER] [SHAPE] [THREADS] [ROUNDS] [FORM...]
            scopes PASSAGES SQUAD.json.gz...
            shared-steps [FOLDER] [SHAPE] [THREADS] [LENGTH] [ROUNDS]
            speculation [FOLDER] [SHAPE] [PRECISION] [THREADS] [ROUNDS] [ANSWERS.jsonl TOKENIZER]
            text PASSAGES PEER_FOLDER|- SQUAD.json.gz...
            text-size CORPUS.jsonl.gz
            tokenizers TEXT_FILE PEER_FOLDER TOKENIZER.json...
            vectors FIXTURES PEER_FOLDER [--threads N] [--large [COUNT]] [--texts MODEL CORPUS.jsonl.gz COUNT] [--million [COUNT]] [--json FILE]
            """);
        return 2;
}
