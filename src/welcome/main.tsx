console.log('welcome');
export {};
