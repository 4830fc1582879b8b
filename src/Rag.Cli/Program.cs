using Rag.Cli;

using var interrupts = new Interrupts();
return await Tool.RunAsync(args, interrupts).ConfigureAwait(false);
