using Rag.Cli;
using Rag.Cli.Commands;

using var interrupts = new Interrupts();
return await Tool.RunAsync(args, interrupts).ConfigureAwait(false);
