using Attune.Cli;
using Attune.Models.Native;

TorchLibrary.EnsureFound();
return CommandRunner.Run(AttuneCommand.Create(), args);
