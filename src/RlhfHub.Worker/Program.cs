using RlhfHub.Training.Devices;

TorchLibrary.Load();
return 0;
