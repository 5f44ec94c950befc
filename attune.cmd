@echo off
rem Builds what is needed, then runs Attune. Untested on Windows: see the README.
setlocal
set DOTNET_NOLOGO=1
set DOTNET_CLI_TELEMETRY_OPTOUT=1
dotnet build "%~dp0src\Attune.Cli\Attune.Cli.csproj" --configuration Release -v quiet 1>&2
if errorlevel 1 exit /b 70
dotnet exec "%~dp0artifacts\bin\Attune.Cli\release\attune.dll" %*
